package dev.assay.plan;

import dev.assay.training.Machine;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepPrediction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a predicted step hangs on the network, and what the network makes impossible by design. */
final class TrainingLimits {
    /** Of computing alone: what scale efficiency is asked for as well. */
    private static final double ASKED = 0.95;

    /** A run whose step would not suffer from a network half as fast tests none. */
    private static final double HARDLY = 0.5;

    private TrainingLimits() {}

    /** One line a place. GB/s are of bus bandwidth; percent are of computing alone. */
    static List<String> table(List<TrainingPlace> places, TrainingCase of) {
        List<String> lines = new ArrayList<>();
        lines.add(row("", "", "bytes on the", "5 % lost,", "overlap", "GB/s", "most %,", "most %,", "the same,"));
        lines.add(
                row("nodes", "GPUs", "bus, a step", "none hidden", "hides not", "here", "overlap", "none", "own pace"));
        places.stream()
                .filter(place ->
                        place.prediction().filter(step -> step.wire() > 0).isPresent())
                .forEach(place -> place.prediction()
                        .ifPresent(step -> lines.add(row(
                                TrainingTables.nodes(place.nodes(), of),
                                place.gpus(),
                                TrainingTables.bytes(Math.round(StepCollectives.busBytes(place.setup(), place.gpus()))),
                                "< " + rate(step.sensitivityWithoutOverlap()),
                                "< " + rate(step.sensitivityWithFullOverlap()),
                                rate(step.busBytesPerSecond() / 1e9),
                                Words.fixed(100 * step.efficiencyWithFullOverlap(), 1),
                                Words.fixed(100 * step.efficiencyWithoutOverlap(), 1),
                                Words.fixed(100 * step.ownEfficiencyWithFullOverlap(), 1)))));
        return lines.size() == 2 ? List.of() : lines;
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "    %5s %5s %12s %11s %11s %8s %9s %9s %9s", cells)
                .stripTrailing();
    }

    static void describe(
            List<String> lines,
            Machine machine,
            TrainingPlace place,
            StepPrediction step,
            Optional<StepPrediction> baseline) {
        if (step.wire() == 0) {
            return;
        }
        double fabric = step.busBytesPerSecond() / 1e9;
        String on = "on " + Words.plural(place.nodes(), "node");
        boolean blind = step.sensitivityWithoutOverlap() < HARDLY * fabric;
        wrap(
                lines,
                "    sensitivity",
                on + ", 5 % of computing is lost at " + rate(step.sensitivityWithoutOverlap())
                        + " GB/s (bus) with nothing hidden; at " + rate(step.sensitivityWithFullOverlap())
                        + " GB/s no overlap hides all. Here it is " + rate(fabric) + " GB/s"
                        + (blind ? ": the step hardly feels the fabric and certifies none of it." : "."));
        wrap(lines, "    by design", design(machine, place, step, on) + waiting(step, baseline));
    }

    private static String design(Machine machine, TrainingPlace place, StepPrediction step, String on) {
        double most = step.efficiencyWithFullOverlap();
        String hidden = TrainingTables.seconds(step.wire()) + " s of collectives (no latencies) against "
                + TrainingTables.seconds(step.framework()) + " s of computing: ";
        String bare = Words.fixed(100 * step.efficiencyWithoutOverlap(), 0) + " % with none of it";
        if (most >= ASKED) {
            return hidden + "nothing " + on + " forbids " + Words.fixed(100 * ASKED, 0)
                    + " % of computing alone with perfect overlap; " + bare + ".";
        }
        long tokens = place.setup().tokensPerMicroBatch();
        double line = Math.min(1, most / Machine.NIC_SHARE);
        return Words.fixed(100 * ASKED, 0) + " % of computing alone is impossible " + on + ": " + hidden + "at most "
                + Words.fixed(100 * most, 0) + " % even with perfect overlap, " + bare
                + "; at the pace predicted here at most "
                + Words.fixed(100 * step.ownEfficiencyWithFullOverlap(), 0) + " %."
                + (machine.nicGBps() > 0
                        ? " It would take " + rate(step.sensitivityWithFullOverlap()) + " GB/s (bus), or "
                                + Math.round(tokens / most) + " tokens a micro-batch instead of " + tokens
                                + "; NICs at their full line rate would allow "
                                + Words.fixed(100 * line, 0) + " %."
                        : "");
    }

    /** A baseline behind the same NICs hides what they cost. */
    private static String waiting(StepPrediction step, Optional<StepPrediction> baseline) {
        boolean both = step.efficiencyWithFullOverlap() < ASKED
                && baseline.filter(base -> base.efficiencyWithFullOverlap() < 1).isPresent();
        return both ? " The scale column does not show it: its baseline waits too." : "";
    }

    private static String rate(double gigabytesPerSecond) {
        return Words.fixed(gigabytesPerSecond, gigabytesPerSecond < 10 ? 1 : 0);
    }

    private static void wrap(List<String> lines, String head, String text) {
        PlanText.wrap(lines, head + " ".repeat(Math.max(1, 17 - head.length())), text, TrainingPlan.COLUMNS);
    }
}
