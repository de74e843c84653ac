package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.Nics;
import dev.assay.training.Collective.Kind;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import dev.assay.training.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a cluster file says of the links, as the prediction of a training step takes it. */
final class TrainingMachine {
    /** With 18 NVLinks of 25 GB/s each way. */
    private static final Set<String> HOPPER = Set.of("h200-sxm", "h100-sxm");
    /** 8 H200 of one node, NCCL 2.27.7, 16 GiB, NVLS on (stas00/ml-engineering at 744d01e); 4 GPUs reach 363 either way. */
    private static final double EIGHT_ALL_REDUCE = 482;

    private static final double FOUR_ALL_REDUCE = 363;
    /** The same host, all-gather; its reduce-scatter reached 362.9. NVLS helps neither. */
    private static final double GATHER = 361;
    /** Where no datasheet says it, as of the reference device: an order of magnitude of one Java thread. */
    private static final double MEMORY_GBPS = 1;

    private TrainingMachine() {}

    static Machine of(Cluster cluster, GpuModel model) {
        int gpus = cluster.gpusPerNode();
        boolean known = HOPPER.contains(model.key()) && gpus >= 4;
        return new Machine(
                gpus,
                model.bf16DenseTflops(),
                model.memoryGBps().orElse(MEMORY_GBPS),
                known ? gpus >= 8 ? EIGHT_ALL_REDUCE : FOUR_ALL_REDUCE : model.nvlinkAllReduceGBps(),
                known ? GATHER : model.nvlinkAllReduceGBps(),
                cluster.sharedHost() ? 0 : cluster.nics().nodeGigabytesPerSecond());
    }

    /** With what a recorded run measured in place of what is assumed. */
    static Machine of(Cluster cluster, GpuModel model, MeasuredParts measured) {
        return measured.in(of(cluster, model));
    }

    /** The head of the plan: what every prediction below it rests on. */
    static void describe(
            List<String> lines, Cluster cluster, GpuModel model, Machine machine, MeasuredParts measured, int columns) {
        PlanText.wrap(lines, "  fabric       ", fabric(cluster, machine), columns);
        PlanText.wrap(
                lines,
                "  limits       ",
                "what the fabric makes impossible by design, and sensitivity, are said at the pace of compiled PyTorch: "
                        + rate(machine.flopPerSecond() / 1e12) + " TFLOPS of executed FLOP a GPU, "
                        + Words.fixed(100 * Machine.COMPUTING_SHARE, 0) + " % of "
                        + rate(model.bf16DenseTflops())
                        + " bf16 dense, as it reached at 7B on one H200 (54.5 %); faster computing leaves less to hide behind",
                columns);
        PlanText.wrap(
                lines,
                "  errors       ",
                "each figure below is moved to each end of its range by itself, and what a step moves by is added up by"
                        + " squares, as if no two were wrong together. In no range: stragglers, congestion, other jobs,"
                        + " hosts that pause, other power limits, a sick GPU, NIC or link",
                columns);
        String notTaken = measured.notTaken(machine);
        if (!notTaken.isEmpty()) {
            PlanText.wrap(lines, "  not taken    ", notTaken, columns);
        }
        lines.add("  figures that every prediction rests on"
                + (measured.label().isEmpty()
                        ? "; -Dplan.from=RUN takes what a recorded run measured"
                        : ", from " + measured.label() + " where it measured them"));
        figures(machine).forEach(line -> PlanText.wrap(lines, "    ", line, columns));
    }

    /** Every figure with its range and its source, one a line. */
    static List<String> figures(Machine machine) {
        List<String> lines = new ArrayList<>();
        for (Figure figure : Figure.values()) {
            Estimate estimate = machine.estimate(figure);
            lines.add(figure.words() + ": " + number(estimate.value())
                    + (figure.unit().isEmpty() ? "" : " " + figure.unit()) + " (" + number(estimate.low()) + " … "
                    + number(estimate.high()) + "), " + estimate.source());
        }
        machine.trained().values().stream()
                .map(estimate -> Figure.BEYOND_THE_PARTS.words() + ", of a config: " + number(estimate.value()) + " ("
                        + number(estimate.low()) + " … " + number(estimate.high()) + "), " + estimate.source())
                .sorted()
                .forEach(lines::add);
        if (!machine.shapes().isEmpty()) {
            lines.add("GEMMs of " + machine.shapes().size() + " shapes by their own bursts, over that of 8192³");
        }
        return lines;
    }

    private static String number(double value) {
        return Words.fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.01 ? 2 : 5);
    }

    private static String fabric(Cluster cluster, Machine machine) {
        String inside = "in a node " + rate(machine.busGBps(Kind.ALL_REDUCE, 1))
                + " GB/s (bus) for an all-reduce, " + rate(machine.busGBps(Kind.ALL_GATHER, 1))
                + " for a gather or reduce-scatter";
        if (machine.nicGBps() == 0) {
            return inside + "; the nodes share one host, nothing crosses a NIC";
        }
        Nics nics = cluster.nics();
        return rate(machine.busGBps(Kind.ALL_GATHER, 2)) + " GB/s (bus) between nodes, of " + nics.count() + " × "
                + Words.fixed(nics.gigabitsPerSecond(), 0) + " Gb/s = " + rate(machine.nicGBps())
                + " GB/s a node; "
                + inside + "";
    }

    /** Whole where it is large; the reference device's rates are small. */
    private static String rate(double value) {
        return Words.fixed(value, value >= 10 ? 0 : value >= 1 ? 1 : 5);
    }
}
