package dev.assay.training;

import java.util.List;

/**
 * Stage 3 with full checkpointing: what DeepSpeed gathers a third time in a micro-batch, between a layer's second forward and its
 * backward, because {@code maxReuse} elements or more are used in between ({@code partitioned_param_coordinator.py}, {@code
 * __params_to_release}, tensor by tensor). The engine keeps the layer that it works on.
 *
 * @param share of all elements that the engine gathers in a micro-batch
 */
public record LayerReuse(double share) {
    public static LayerReuse of(StepSetup setup) {
        if (setup.zero().stage() != 3 || setup.recomputation() != Recomputation.FULL) {
            return new LayerReuse(0);
        }
        ZeroSchedule schedule = ZeroSchedule.of(setup, 1);
        long third = 0;
        for (int layer = 1; layer <= setup.model().layers(); layer++) {
            third += third(
                    schedule, schedule.tensors().ofModule(layer), setup.zero().maxReuse());
        }
        double all = gathered(schedule, schedule.forward()) + gathered(schedule, schedule.gatheredAgain());
        return new LayerReuse(all == 0 ? 0 : third / all);
    }

    /** Of a step, what they put on the bus of so many GPUs. */
    public double busBytes(StepSetup setup, int gpus) {
        return share
                * StepCollectives.of(setup, gpus).stream()
                        .filter(each -> each.kind() == Collective.Kind.ALL_GATHER
                                && each.when() == Collective.When.EVERY_MICRO_BATCH)
                        .mapToDouble(each -> each.busBytes(gpus))
                        .sum();
    }

    /** Behind a tensor come all after it, and then these again. */
    private static long third(ZeroSchedule schedule, List<FlatTensor> layer, long maxReuse) {
        long third = 0;
        long behind = 0;
        for (int i = layer.size() - 1; i >= 0; i--) {
            FlatTensor tensor = layer.get(i);
            third += !schedule.staysWhole(tensor) && 2 * behind >= maxReuse ? tensor.size() : 0;
            behind += tensor.size();
        }
        return third;
    }

    private static double gathered(ZeroSchedule schedule, List<Integer> modules) {
        return modules.stream()
                .flatMap(module -> schedule.tensors().ofModule(module).stream())
                .filter(tensor -> !schedule.staysWhole(tensor))
                .mapToLong(FlatTensor::size)
                .sum();
    }
}
