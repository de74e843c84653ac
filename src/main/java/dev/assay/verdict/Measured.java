package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Limits.Meeting;
import dev.assay.verdict.Readings.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Units against ceiling and limit, for every metric that has one value a unit. */
final class Measured {
    private Measured() {}

    static Finding judge(Evidence evidence, Readings readings) {
        Criterion criterion = evidence.criterion();
        return refusal(evidence, readings)
                .orElseGet(() ->
                        met(evidence, readings, Limits.meet(criterion.limit(), readings.values(), criterion.unit())));
    }

    private static Optional<Finding> refusal(Evidence evidence, Readings readings) {
        return nothingFar(evidence, readings)
                .or(() -> nothingTravels(evidence, readings))
                .or(() -> gaps(readings))
                .or(() -> readings.broken().map(why -> without(State.INVALID, why, readings)))
                .or(() -> readings.values().isEmpty()
                        ? Optional.of(without(State.INCONCLUSIVE, "nothing was measured", readings))
                        : Optional.empty())
                .or(() -> aboveCeiling(evidence.criterion(), readings))
                .or(() -> meaningless(evidence, readings));
    }

    private static Optional<Finding> nothingFar(Evidence evidence, Readings readings) {
        return FarMemory.absent(evidence)
                ? Optional.of(without(
                        State.NOT_APPLICABLE, "every host has one NUMA node, so no host memory is far", readings))
                : Optional.empty();
    }

    private static Optional<Finding> nothingTravels(Evidence evidence, Readings readings) {
        return evidence.criterion().metric().ofTravel() && evidence.gpus() == 1
                ? Optional.of(without(State.NOT_APPLICABLE, "nothing travels on one GPU", readings))
                : Optional.empty();
    }

    /** A few silent units among many break coverage; where all are silent, or the device said why, it cannot be told. */
    private static Optional<Finding> gaps(Readings readings) {
        boolean cannotTell =
                readings.values().isEmpty() || readings.gaps().stream().allMatch(Gap::explained);
        return readings.gaps().stream().findFirst().map(first -> {
            String words = first.unit() + " has no value: " + first.reason() + " ("
                    + readings.coverage().measured() + " of " + readings.expected() + " " + readings.what()
                    + " have one)";
            return without(cannotTell ? State.INCONCLUSIVE : State.INVALID, words, readings);
        });
    }

    private static Optional<Finding> aboveCeiling(Criterion criterion, Readings readings) {
        if (criterion.ceiling().isEmpty()) {
            return Optional.empty();
        }
        double ceiling = criterion.ceiling().getAsDouble();
        return readings.values().stream()
                .filter(unit -> !(unit.value() <= ceiling))
                .findFirst()
                .map(unit -> "the test is broken: " + Numbers.beside(unit.value(), ceiling, criterion.unit()) + " on "
                        + unit.unit() + ", the ceiling is " + Numbers.limit(ceiling, criterion.unit()))
                .map(words -> without(State.INVALID, words, readings));
    }

    private static Optional<Finding> meaningless(Evidence evidence, Readings readings) {
        Criterion criterion = evidence.criterion();
        if (criterion.metric() == Metric.GPU_RESIDENT) {
            return Optional.of(without(
                    State.INCONCLUSIVE,
                    "time with any kernel resident (nvidia-smi) proves no utilisation; judge " + Metric.SM_ACTIVE.key(),
                    readings));
        }
        if (!Limits.sane(criterion.limit())) {
            return Optional.of(without(State.INVALID, "its limit judges nothing: " + criterion.limit(), readings));
        }
        if (Limits.sharesOfMedian(criterion.limit()) && !(Limits.median(readings.values()) > 0)) {
            return Optional.of(without(
                    State.INVALID,
                    "the test is broken: of a median of "
                            + Numbers.of(Limits.median(readings.values()), criterion.unit()) + " there is no share",
                    readings));
        }
        boolean one = Limits.compares(criterion.limit()) && readings.values().size() < 2;
        boolean compares =
                criterion.metric() == Metric.DISTINCT_RESULTS || criterion.metric() == Metric.IDENTITY_DIFFERENCES;
        boolean alone = one || (compares && evidence.gpus() == 1);
        if (!alone) {
            return Optional.empty();
        }
        return Optional.of(
                evidence.gpus() == 1
                        ? without(State.NOT_APPLICABLE, "one GPU is no fleet to compare with", readings)
                        : without(State.INCONCLUSIVE, "one value cannot be compared with others", readings));
    }

    private static Finding met(Evidence evidence, Readings readings, Meeting meeting) {
        return number(
                evidence,
                readings,
                meeting,
                meeting.met() ? State.PASS : missed(evidence.criterion().metric()),
                sentence(evidence, readings, meeting));
    }

    /** Some metrics do not say how good the cluster is, but whether the measurement can tell. */
    private static State missed(Metric metric) {
        boolean notTheWorkAlone = metric == Metric.NIC_BYTES_RATIO
                || metric == Metric.NIC_SHARE
                || metric == Metric.FOREIGN_PROCESSES
                || metric == Metric.LOAD_RATIO;
        boolean cannotTell =
                metric == Metric.SENSITIVITY || metric == Metric.TEMPERATURE_RISE || metric == Metric.MEMORY_PLAN_RATIO;
        return cannotTell ? State.INCONCLUSIVE : notTheWorkAlone ? State.INVALID : State.FAIL;
    }

    /** The value without judgement. */
    static Finding shown(Evidence evidence, Readings readings, String proof) {
        Criterion criterion = evidence.criterion();
        boolean broken = readings.values().isEmpty() || readings.broken().isPresent();
        if (broken || !Limits.sane(criterion.limit())) {
            String why = readings.gaps().stream()
                    .findFirst()
                    .map(Gap::reason)
                    .or(readings::broken)
                    .orElse("nothing was measured");
            State state = owed(evidence, readings) ? State.INCONCLUSIVE : State.NOT_APPLICABLE;
            return without(state, "not judged, no value (" + why + "); " + proof, readings);
        }
        Meeting meeting = Limits.meet(criterion.limit(), readings.values(), criterion.unit());
        return number(
                evidence,
                readings,
                meeting,
                promised(evidence, readings) ? State.INCONCLUSIVE : State.NOT_APPLICABLE,
                value(readings, meeting, criterion) + ", shown, not judged" + silent(readings) + "; " + proof
                        + CappedClock.remark(evidence));
    }

    /**
     * What some units gave, every unit must give, judged or not; but not where a device says that it cannot, nor on the
     * reference device, whose speeds a busy host may leave unknown.
     */
    private static boolean promised(Evidence evidence, Readings readings) {
        return !evidence.contract().reference() && readings.gaps().stream().anyMatch(gap -> !gap.explained());
    }

    /**
     * What no unit gave, though ranks must record it wherever its work ran, and no device said why. Of percentiles there may
     * be too few samples, and of what does not exist there is nothing to record.
     */
    private static boolean owed(Evidence evidence, Readings readings) {
        Criterion criterion = evidence.criterion();
        return criterion.metric().kind() == MetricKind.RECORDED
                && !criterion.statistic().isPercentile()
                && readings.broken().isEmpty()
                && nothingFar(evidence, readings)
                        .or(() -> nothingTravels(evidence, readings))
                        .isEmpty()
                && promised(evidence, readings);
    }

    private static String silent(Readings readings) {
        return readings.gaps().stream()
                .findFirst()
                .map(first -> ", but " + first.unit() + " has no value: " + first.reason() + " ("
                        + readings.coverage().measured() + " of " + readings.expected() + " " + readings.what()
                        + " have one)")
                .orElse("");
    }

    private static Finding number(Evidence evidence, Readings readings, Meeting meeting, State state, String words) {
        Criterion criterion = evidence.criterion();
        List<Double> values = UnitValue.values(readings.values());
        double value = criterion.metric() == Metric.WRONG_ELEMENTS
                ? values.stream().mapToDouble(Double::doubleValue).sum()
                : meeting.worst().value();
        double spread = Samples.spreadPercent(values);
        boolean relative = Limits.compares(criterion.limit());
        return new Finding(
                state,
                words + HostTime.remark(evidence).map(remark -> "; " + remark).orElse(""),
                OptionalDouble.of(value),
                values.size() > 1 && Double.isFinite(spread) ? OptionalDouble.of(spread) : OptionalDouble.empty(),
                Optional.of(meeting.worst().unit()),
                criterion.judged() ? OptionalDouble.of(meeting.margin()) : OptionalDouble.empty(),
                relative
                        ? Optional.of("median of " + values.size() + " " + readings.what() + ": "
                                + Numbers.of(Samples.median(values), criterion.unit()))
                        : Optional.empty(),
                readings.coverage(),
                details(readings, criterion.unit(), meeting.met()));
    }

    private static String sentence(Evidence evidence, Readings readings, Meeting meeting) {
        Criterion criterion = evidence.criterion();
        String words = value(readings, meeting, criterion) + ", " + meeting.words() + ", margin "
                + Numbers.signed(meeting.margin(), criterion.unit()) + ", "
                + readings.coverage().measured() + " of "
                + readings.expected() + " " + readings.what();
        if (meeting.met()) {
            return words + CappedClock.remark(evidence);
        }
        String look = look(evidence, readings, meeting);
        if (criterion.metric() == Metric.SENSITIVITY) {
            return words + "; the workload cannot see a broken fabric: " + look;
        }
        if (criterion.metric() == Metric.TEMPERATURE_RISE) {
            return words + "; the GPU was still getting hotter, so no lasting rate was measured: " + look;
        }
        return missed(criterion.metric()) == State.INVALID
                ? words + "; "
                        + NicBytes.why(criterion.metric(), meeting.worst().value()) + ": " + look
                : words + "; missed by " + meeting.missed() + ": " + look + explained(evidence, readings)
                        + beyond(evidence);
    }

    /** That a sound cluster would miss it too, as the plan has said. */
    static String beyond(Evidence evidence) {
        return evidence.question().training().beyond().map(why -> "; " + why).orElse("");
    }

    /** The first line about what exposed communication explains, where there is one. */
    private static String explained(Evidence evidence, Readings readings) {
        return evidence.criterion().metric() == Metric.SM_ACTIVE
                ? readings.details().stream()
                        .findFirst()
                        .map(line -> "; " + line)
                        .orElse("")
                : "";
    }

    /** Whom the slow ones have in common, where that can be told, and where to look. */
    private static String look(Evidence evidence, Readings readings, Meeting meeting) {
        Metric metric = evidence.criterion().metric();
        if (PairReadings.tells(metric)) {
            return PairReadings.look(evidence);
        }
        if (RdmaReadings.tells(metric)) {
            return RdmaReadings.look(evidence);
        }
        if (FabricBlame.tells(metric)) {
            return FabricBlame.look(evidence, readings, meeting);
        }
        String capped = CappedClock.slows(metric)
                ? CappedClock.words(evidence.ranks()).map(words -> words + "; ").orElse("")
                : "";
        return capped + "look at " + Hints.of(metric);
    }

    private static String value(Readings readings, Meeting meeting, Criterion criterion) {
        UnitValue worst = meeting.worst();
        String number = Numbers.beside(worst.value(), meeting.bar(), criterion.unit());
        if (readings.values().size() == 1) {
            return number + " on " + worst.unit();
        }
        return meeting.met() && even(readings) ? number + " everywhere" : "worst " + number + " on " + worst.unit();
    }

    /** A limit that all miss alike names them all; only what all meet alike needs no line each. */
    private static List<String> details(Readings readings, Unit unit, boolean met) {
        List<String> lines = new ArrayList<>(readings.details());
        double median = Limits.median(readings.values());
        Outliers.of(readings.values())
                .forEach(outlier ->
                        lines.add("outlier: " + outlier.unit() + " " + Numbers.beside(outlier.value(), median, unit)
                                + " against a median of " + Numbers.of(median, unit)));
        if (!met || !even(readings)) {
            readings.values().forEach(each -> lines.add(each.unit() + ": " + Numbers.of(each.value(), unit)));
        }
        return lines;
    }

    private static boolean even(Readings readings) {
        return readings.values().stream()
                .allMatch(each -> each.value() == readings.values().get(0).value());
    }

    private static Finding without(State state, String words, Readings readings) {
        return Finding.without(state, words, readings.coverage(), readings.details());
    }
}
