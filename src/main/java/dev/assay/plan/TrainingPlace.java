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
        int nodes,
        int gpus,
        StepSetup setup,
        Machine machine,
        MemoryPlan memory,
        Fit fit,
        Optional<StepPrediction> prediction) {
    /** What it takes a GPU, summed up, against what may be used. */
    String arithmetic(MemoryBudget budget) {
        long states = memory.weights() + memory.gradients() + memory.optimizer();
        return Words.plural(nodes, "node") + ": weights, gradients and states " + TrainingTables.gibibytes(states)
                + " + buckets and gathered weights "
                + TrainingTables.gibibytes(memory.buckets() + memory.liveParameters()) + " + kept, layer and loss "
                + TrainingTables.gibibytes(memory.activations() + memory.liveLayer() + memory.loss())
                + " + workspaces, NCCL and context "
                + TrainingTables.gibibytes(memory.workspace() + memory.communicators() + memory.context())
                + " = " + TrainingTables.gibibytes(memory.total()) + " GiB " + (fit == Fit.INSIDE ? "≤" : ">") + " "
                + TrainingTables.gibibytes(Math.round(budget.bytes())) + " GiB"
                + switch (fit) {
                    case BEYOND_THE_BUDGET -> ", though inside the memory that there is";
                    case INSIDE, NOT_AT_ALL -> "";
                };
    }

    static TrainingPlace of(StepSetup setup, Machine machine, MemoryBudget budget, int nodes) {
        int gpus = nodes * machine.gpusPerNode();
        MemoryPlan memory = MemoryPlan.of(setup, gpus);
        Fit fit = memory.fit(budget);
        return new TrainingPlace(
                nodes,
                gpus,
                setup,
                machine,
                memory,
                fit,
                fit == Fit.INSIDE ? Optional.of(StepPrediction.of(setup, machine, nodes)) : Optional.empty());
    }
}
