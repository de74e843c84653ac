package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What training by DeepSpeed's files would need and do on a cluster, before anything runs: memory, traffic, time, and what
 * the fabric makes impossible by design. The door of {@code -Dsuite=sft -Dplan}.
 */
public final class TrainingPlan {
    /** Of the suite that trains. */
    public static final String SUITE = Suite.TRAINING;

    /** Below a run folder: the DeepSpeed configs that it was run by, as they were. */
    public static final String CONFIGS = "ds-configs";

    static final int COLUMNS = 120;

    private static final String MEMORY =
            "states: float32 master weights and both moments; gathered: weights of ZeRO-3, two modules at least; kept:"
                    + " activations kept for backward; layer: activations and gradients of the layer in work; loss: of the"
                    + " chunked cross-entropy; work: tokens, sums, scratch; NCCL: buffers of each communicator, 24 channels ×"
                    + " 4 connections × 9.2 MiB; context: the driver's own, CUDA's, the GEMMs' scratch (both assumed). Peak ="
                    + " their sum: all is allocated once. Measured memory is held against it (memory.plan.ratio)";
    private static final String PREDICTION =
            "computing: the sum of its parts, GEMMs, attention, kernels bound by memory; collectives: as if each ran alone;"
                    + " exposed: what computing waits for; slowed: what the hidden ones take from computing; scale: tokens/s a"
                    + " GPU against the baseline; full: computing at PyTorch's pace over the step if all hid that the"
                    + " bandwidth lets hide. A star marks the nodes that the config itself names";

    private TrainingPlan() {}

    /** The files that a plan is made of. */
    public static List<Path> configs(Optional<Path> file, Path folder) {
        return file.map(List::of).orElseGet(() -> TrainingCases.files(folder));
    }

    /**
     * @param counts of nodes; empty: those of each file, or else of the cluster
     * @param file the user's own; empty: all of the folder
     * @param measured by a recorded run, in place of what is assumed
     */
    public static String text(
            Cluster cluster,
            GpuModel model,
            List<Integer> counts,
            Optional<Path> file,
            Path folder,
            MeasuredParts measured) {
        return text(
                cluster,
                model,
                counts,
                file.map(TrainingCases::ofFile).map(List::of).orElseGet(() -> TrainingCases.ofFolder(folder)),
                measured);
    }

    static String text(Cluster cluster, GpuModel model, List<Integer> counts, List<TrainingCase> cases) {
        return text(cluster, model, counts, cases, MeasuredParts.none());
    }

    static String text(
            Cluster cluster, GpuModel model, List<Integer> counts, List<TrainingCase> cases, MeasuredParts measured) {
        Machine machine = TrainingMachine.of(cluster, model, measured);
        List<String> lines = new ArrayList<>();
        lines.add("Plan of training steps (-Dsuite=sft) for the cluster " + cluster.name() + ": "
                + Words.nodesTimesGpus(cluster.nodes().size(), cluster.gpusPerNode()) + " (" + model.name() + ")");
        TrainingMachine.describe(lines, cluster, model, machine, measured, COLUMNS);
        PlanText.wrap(lines, "  memory       ", MEMORY, COLUMNS);
        PlanText.wrap(lines, "  prediction   ", PREDICTION, COLUMNS);
        List<String> projections = new ArrayList<>();
        for (TrainingCase each : cases) {
            lines.add("");
            MemoryBudget budget = new MemoryBudget(model.memoryMebibytes() << 20, each.memoryFraction());
            List<Integer> own = counts(each, counts, cluster);
            lines.addAll(new TrainingBlock(each, machine, budget).lines(own, cluster));
            projections.addAll(TrainingProjection.lines(each, own, cluster, machine, budget));
        }
        if (!projections.isEmpty()) {
            lines.add("");
            lines.addAll(TrainingProjection.head(cluster));
            lines.addAll(projections);
        }
        return String.join("\n", lines) + "\n";
    }

    private static List<Integer> counts(TrainingCase each, List<Integer> asked, Cluster cluster) {
        if (!asked.isEmpty()) {
            return asked;
        }
        return each.nodes().isEmpty() ? NodeCounts.defaults(cluster) : each.nodes();
    }
}
