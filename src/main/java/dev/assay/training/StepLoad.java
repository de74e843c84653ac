package dev.assay.training;

import java.util.List;

/** What a step computes and sends on so many GPUs, whatever they are: listed once, timed by many machines. */
record StepLoad(StepSetup setup, int gpus, List<Collective> collectives, StepWork work) {
    StepLoad {
        collectives = List.copyOf(collectives);
    }

    static StepLoad of(StepSetup setup, int gpus) {
        return new StepLoad(setup, gpus, StepCollectives.of(setup, gpus), StepWork.of(setup, gpus));
    }

    double busBytes() {
        return collectives.stream().mapToDouble(each -> each.busBytes(gpus)).sum();
    }
}
