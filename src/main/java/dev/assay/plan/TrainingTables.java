package dev.assay.plan;

import dev.assay.training.Collective;
import dev.assay.training.MemoryBudget;
import dev.assay.training.MemoryPlan;
import dev.assay.training.Range;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepProjection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The tables of a config's plan, at most 120 columns wide. */
final class TrainingTables {
    private static final double GIBIBYTE = 1L << 30;
    private static final String MEMORY = "    %5s %5s %7s %7s %7s %7s %8s %6s %6s %5s %5s %5s %7s %6s  %s";
    private static final String CALLS = "    %-34s %8s %12s %12s  %-24s %s";
    private static final String TIME = "    %5s %5s %9s %10s %12s %8s %7s %6s %7s %5s %9s %7s %6s %7s";

    private TrainingTables() {}

    static String gibibytes(long bytes) {
        return Words.fixed(bytes / GIBIBYTE, 1);
    }

    static List<String> memory(List<TrainingPlace> places, TrainingCase of, MemoryBudget budget) {
        List<String> lines = new ArrayList<>();
        lines.add("  memory, GiB a GPU: " + gibibytes(Math.round(budget.bytes())) + " may be used, "
                + percent(budget.fraction()) + " % of " + gibibytes(budget.totalBytes()));
        lines.add(row(
                MEMORY,
                "nodes",
                "GPUs",
                "weights",
                "grads",
                "states",
                "buckets",
                "gathered",
                "kept",
                "layer",
                "loss",
                "work",
                "NCCL",
                "context",
                "peak",
                ""));
        places.forEach(place -> lines.add(memory(place, of)));
        return lines;
    }

    private static String memory(TrainingPlace place, TrainingCase of) {
        MemoryPlan plan = place.memory();
        String fits = switch (place.fit()) {
            case INSIDE -> "fits";
            case BEYOND_THE_BUDGET, NOT_AT_ALL -> "does not fit";
        };
        return row(
                MEMORY,
                nodes(place.nodes(), of),
                place.gpus(),
                gibibytes(plan.weights()),
                gibibytes(plan.gradients()),
                gibibytes(plan.optimizer()),
                gibibytes(plan.buckets()),
                gibibytes(plan.liveParameters()),
                gibibytes(plan.activations()),
                gibibytes(plan.liveLayer()),
                gibibytes(plan.loss()),
                gibibytes(plan.workspace()),
                gibibytes(plan.communicators()),
                gibibytes(plan.context()),
                gibibytes(plan.total()),
                fits);
    }

    /** Of one place; on other numbers of GPUs only the bytes on the bus differ, by (n − 1)/n. */
    static List<String> collectives(TrainingPlace place) {
        List<String> lines = new ArrayList<>();
        List<Collective> collectives = StepCollectives.of(place.setup(), place.gpus());
        if (collectives.isEmpty()) {
            lines.add("  collectives  none: one GPU alone");
            return lines;
        }
        lines.add(row(CALLS, "collectives of a step", "calls", "largest", "all", "when", "can hide behind")
                .substring(2));
        for (Collective each : collectives) {
            lines.add(row(
                    CALLS,
                    each.kind().key() + ", " + each.purpose(),
                    each.calls(),
                    bytes(each.largest()),
                    bytes(each.bytes()),
                    each.when().words(),
                    each.behind().words()));
        }
        long bus = Math.round(StepCollectives.busBytes(place.setup(), place.gpus()));
        lines.add("    on the bus of " + place.gpus() + " GPUs: " + bytes(bus)
                + ", so that a step without latencies takes as many bytes divided by the bus bandwidth");
        return lines;
    }

    static List<String> times(
            String title, List<TrainingPlace> places, TrainingCase of, Optional<StepPrediction> base) {
        List<String> lines = new ArrayList<>();
        lines.add(title);
        lines.add(row(TIME, "", "", "tokens", "", "", "", "", "", "", "", "tokens/s", "MFU %,", "scale", "full"));
        lines.add(row(
                TIME,
                "nodes",
                "GPUs",
                "a step",
                "computing",
                "collectives",
                "exposed",
                "slowed",
                "AdamW",
                "step",
                "±",
                "a GPU",
                "causal",
                "%",
                "%"));
        places.forEach(place -> place.prediction().ifPresent(step -> lines.add(time(place, step, of, base))));
        return lines;
    }

    private static String time(
            TrainingPlace place, StepPrediction step, TrainingCase of, Optional<StepPrediction> baseline) {
        return row(
                TIME,
                nodes(place.nodes(), of),
                place.gpus(),
                Words.fixed(place.setup().tokensPerStep(place.gpus()) / 1e6, 3) + " M",
                seconds(step.computing()),
                seconds(step.communicating()),
                seconds(step.exposed()),
                seconds(step.disturbance()),
                seconds(step.optimizer()),
                seconds(step.step()),
                error(place, step),
                Words.fixed(step.tokensPerSecondPerGpu(), 0),
                Words.fixed(100 * step.mfuCausal(), 1),
                baseline.map(base -> Words.fixed(100 * step.weakEfficiency(base), 1))
                        .orElse("-"),
                Words.fixed(100 * step.efficiencyWithFullOverlap(), 1));
    }

    /** The larger side of the stated error, of the step. */
    private static String error(TrainingPlace place, StepPrediction step) {
        Range range = StepProjection.of(place.setup(), place.machine(), place.nodes(), Optional.empty())
                .step();
        double side = Math.max(range.high() - step.step(), step.step() - range.low());
        return Words.fixed(100 * side / step.step(), 0) + " %";
    }

    static String nodes(int nodes, TrainingCase of) {
        return nodes + (of.nodes().contains(nodes) ? "*" : " ");
    }

    static String percent(double fraction) {
        return Words.fixed(100 * fraction, Math.rint(100 * fraction) == 100 * fraction ? 0 : 1);
    }

    static String seconds(double seconds) {
        return Words.fixed(seconds, seconds < 10 ? 3 : 1);
    }

    /** Also below a kilobyte and above a thousand gigabytes. */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        return bytes < 1e12 ? Words.bytes(bytes) : Words.fixed(bytes / 1e12, 2) + " TB";
    }

    private static String row(String format, Object... cells) {
        return String.format(Locale.ROOT, format, cells).stripTrailing();
    }
}
