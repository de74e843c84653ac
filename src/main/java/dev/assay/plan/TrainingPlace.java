package dev.assay.plan;

import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.MemoryPlan;
import dev.assay.training.MemoryPlan.Fit;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
import java.util.Optional;

/**
 * A step on so many nodes: what it holds, and where it fits, how long it takes.
 *
 * @param prediction empty where it does not fit: what cannot run takes no time
 */
record TrainingPlace(
        int nodes, int gpus, StepSetup setup, MemoryPlan memory, Fit fit, Optional<StepPrediction> prediction) {
    static TrainingPlace of(StepSetup setup, Machine machine, MemoryBudget budget, int nodes) {
        int gpus = nodes * machine.gpusPerNode();
        MemoryPlan memory = MemoryPlan.of(setup, gpus);
        Fit fit = memory.fit(budget);
        return new TrainingPlace(
                nodes,
                gpus,
                setup,
                memory,
                fit,
                fit == Fit.INSIDE ? Optional.of(StepPrediction.of(setup, machine, nodes)) : Optional.empty());
    }
}
