package dev.assay.verdict;

import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.ScaledLaunch.Parts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Weak scale efficiency: PASS if the interval's lower bound meets the limit, FAIL if its upper bound misses it, else it
 * cannot be told. One value a repetition is independent; there are two looks, at 5 and at 8 of them.
 */
final class ScaleEfficiency {
    static final int FIRST_LOOK = 5;
    static final int LAST_LOOK = 8;

    /** Detail line of a verdict that only more launches can settle. */
    static final String EXTENSION = "an extension to " + LAST_LOOK + " launches may tell";

    /** Detail line of a verdict that says nothing of the fabric by itself. */
    static final String BLIND = "a row of a stress variant, on as many nodes or more, must have shown the fabric";

    /** Above 100 % by more than its noise and this, the baseline was slow: nothing runs faster for being coupled. */
    private static final double MOST_PERCENT = 100.5;

    /** What the interval says of the limit. */
    record Look(State state, String words, boolean extend) {}

    private ScaleEfficiency() {}

    static Finding judge(Evidence evidence) {
        List<Parts> parts = evidence.measured().stream()
                .map(launch -> ScaledLaunch.of(launch, evidence.beside(), runsHalves(evidence)))
                .toList();
        List<ScaledLaunch> launches =
                parts.stream().flatMap(each -> each.launch().stream()).toList();
        Coverage coverage = new Coverage(
                launches.size(),
                evidence.criterion().judged() ? Math.max(FIRST_LOOK, parts.size()) : parts.size(),
                "launches");
        Optional<String> problem = silent(evidence)
                .or(() -> parts.stream().flatMap(each -> each.lacks().stream()).findFirst())
                .or(() -> BaselineHealth.problem(evidence, !runsHalves(evidence)));
        if (problem.isPresent() || launches.isEmpty()) {
            return Finding.without(State.INVALID, problem.orElse("no launch"), coverage, List.of());
        }
        return measured(evidence, launches, coverage);
    }

    private static Finding measured(Evidence evidence, List<ScaledLaunch> launches, Coverage coverage) {
        List<Double> repetitions = repetitions(launches);
        Interval interval = Interval.of(repetitions);
        Look seen = identical(launches)
                ? new Look(State.INVALID, "identical to four digits in all launches: it was not measured", false)
                : look(interval, evidence.criterion().limit(), slowBaseline(launches));
        Optional<String> blind = runsHalves(evidence) ? Optional.empty() : TrainingFabric.blind(evidence);
        Look look = blind.isPresent() ? blinded(seen, evidence) : seen;
        return new Finding(
                look.state(),
                sentence(interval, evidence, look, launches, coverage)
                        + blind.map(words -> "; " + words + shown(evidence)).orElse(""),
                OptionalDouble.of(interval.estimate()),
                interval.launches() < 2 ? OptionalDouble.empty() : OptionalDouble.of(interval.halfWidth()),
                Optional.of(StepThroughput.name(worst(launches).launch())),
                margin(interval, evidence.criterion().limit()),
                Optional.of(baseline(evidence.question())),
                coverage,
                details(interval, look, launches, evidence, blind.isPresent()));
    }

    /** What does not feel the fabric says that it scales only beside a row that does; between nodes of one host there is none. */
    private static Look blinded(Look look, Evidence evidence) {
        boolean open = !evidence.contract().sharedHost()
                && evidence.question().training().fabric().isEmpty();
        return open && look.state() == State.PASS ? new Look(State.INCONCLUSIVE, look.words(), look.extend()) : look;
    }

    private static String shown(Evidence evidence) {
        return evidence.question()
                .training()
                .fabric()
                .map(row -> "; " + row + " passed and shows it")
                .orElse("");
    }

    private static String baseline(Question question) {
        int nodes = question.baselineNodes();
        int gpus = nodes * question.gpusPerNode();
        return (nodes == 1 ? "each node's own baseline (" : "the baselines of " + nodes + " nodes each (") + gpus
                + (gpus == 1 ? " GPU" : " GPUs") + ") of the same repetition, median over the launch's nodes";
    }

    /** A coupled step's GEMMs and all-reduces are run apart too; training proves its communication by equal weights. */
    private static boolean runsHalves(Evidence evidence) {
        return !evidence.criterion().workload().equals("sft");
    }

    /** The judge's rule, of nothing but the interval. */
    static Look look(Interval interval, Limit limit, String slowBaseline) {
        if (interval.launches() < FIRST_LOOK) {
            return new Look(
                    State.INCONCLUSIVE,
                    interval.launches() + " independent launches cannot tell, at least " + FIRST_LOOK,
                    false);
        }
        if (interval.lower() > MOST_PERCENT) {
            return new Look(
                    State.INVALID, "above 100 % by more than the noise: slow baseline of " + slowBaseline, false);
        }
        Optional<State> told = told(interval, limit);
        boolean extend = told.isEmpty() && interval.launches() < LAST_LOOK;
        String words = extend ? "the interval holds the limit, " + EXTENSION : "the interval holds the limit";
        return told.map(state -> new Look(state, state == State.FAIL ? "limit missed" : "", false))
                .orElseGet(() -> new Look(State.INCONCLUSIVE, words, extend));
    }

    private static Optional<State> told(Interval interval, Limit limit) {
        double low = Double.NEGATIVE_INFINITY;
        double high = Double.POSITIVE_INFINITY;
        if (limit instanceof Limit.AtLeast atLeast) {
            low = atLeast.floor();
        } else if (limit instanceof Limit.AtMost atMost) {
            high = atMost.most();
        } else if (limit instanceof Limit.Within within) {
            low = within.low();
            high = within.high();
        } else {
            return Optional.of(State.INVALID);
        }
        if (interval.upper() < low || interval.lower() > high) {
            return Optional.of(State.FAIL);
        }
        return interval.lower() >= low && interval.upper() <= high ? Optional.of(State.PASS) : Optional.empty();
    }

    /** Of the bound that decides; negative as long as the limit is not surely met. */
    private static OptionalDouble margin(Interval interval, Limit limit) {
        return limit instanceof Limit.AtLeast atLeast && interval.launches() >= 2
                ? OptionalDouble.of(interval.lower() - atLeast.floor())
                : OptionalDouble.empty();
    }

    /** Why the work did not communicate, or was not the same everywhere. */
    static Optional<String> silent(Evidence evidence) {
        List<RankResult> ranks = evidence.ranks();
        if (evidence.question().nodes() <= evidence.question().baselineNodes()) {
            return Optional.of(
                    evidence.question().baselineNodes() == 1
                            ? "one node is its own baseline, and one rank communicates nothing"
                            : "it is not larger than its baseline");
        }
        if (Steps.constant(ranks, Metric.STEP_BYTES).isEmpty()) {
            return Optional.of("no byte communicated: step.bytes must be equal and above 0 on every rank");
        }
        List<RankResult> all = evidence.needed().stream()
                .map(LaunchResult::ranks)
                .flatMap(List::stream)
                .toList();
        if (Steps.constant(all, Metric.STEP_FLOP).isEmpty()) {
            return Optional.of("work per GPU must be fixed: step.flop must be equal and above 0 on every rank");
        }
        if (!runsHalves(evidence)) {
            return Optional.empty();
        }
        return ranks.stream()
                .filter(rank -> !(Samples.minimum(GpuReadings.samples(rank, Metric.COMMUNICATION_ALONE)) > 0))
                .findFirst()
                .map(rank -> "no communication: communication.alone must be above 0, " + rank.unit() + " has none");
    }

    /** One value a repetition, %: launches that share baselines are not independent. */
    private static List<Double> repetitions(List<ScaledLaunch> launches) {
        TreeMap<Integer, Double> meanLogs = launches.stream()
                .collect(Collectors.groupingBy(
                        each -> each.launch().repetition(),
                        TreeMap::new,
                        Collectors.averagingDouble(each -> StrictMath.log(each.percent()))));
        return meanLogs.values().stream().map(StrictMath::exp).toList();
    }

    private static boolean identical(List<ScaledLaunch> launches) {
        return launches.size() > 1
                && launches.stream()
                                .map(each -> String.format(Locale.ROOT, "%.3e", each.efficiency()))
                                .distinct()
                                .count()
                        == 1;
    }

    private static String slowBaseline(List<ScaledLaunch> launches) {
        ScaledLaunch slowest = launches.stream()
                .min(Comparator.comparingDouble(ScaledLaunch::straggler))
                .orElseThrow();
        return slowest.slowest() + " (" + ScaledLaunch.percent(slowest.straggler()) + " of the median of "
                + StepThroughput.name(slowest.launch()) + ")";
    }

    private static ScaledLaunch worst(List<ScaledLaunch> launches) {
        return launches.stream()
                .min(Comparator.comparingDouble(ScaledLaunch::efficiency))
                .orElseThrow();
    }

    private static String sentence(
            Interval interval, Evidence evidence, Look look, List<ScaledLaunch> launches, Coverage coverage) {
        String shares = coverage.measured() + " of " + coverage.expected() + " launches, straggler "
                + ScaledLaunch.percent(mean(launches.stream().map(ScaledLaunch::straggler))) + ", communication "
                + ScaledLaunch.percent(mean(launches.stream().map(ScaledLaunch::communicationShare)));
        String measured = Numbers.plain(interval.estimate(), 2) + " % (" + bounds(interval) + "), ";
        if (!evidence.criterion().judged()) {
            return measured + shares;
        }
        String margin = margin(interval, evidence.criterion().limit()).stream()
                .mapToObj(value -> ", margin of the lower bound " + Numbers.signed(value, Unit.PERCENT))
                .collect(Collectors.joining());
        String why = look.words().isEmpty() ? "" : "; " + look.words();
        String where = look.state() == State.FAIL
                ? ": look at " + culprit(launches) + Measured.beyond(evidence) + CappedClock.remark(evidence)
                : CappedClock.remark(evidence);
        return measured + Limits.words(evidence.criterion().limit(), List.of(), Unit.PERCENT) + margin + ", " + shares
                + why + where;
    }

    /** The part that costs more. */
    private static String culprit(List<ScaledLaunch> launches) {
        double straggler = mean(launches.stream().map(ScaledLaunch::straggler));
        double communication = mean(launches.stream().map(ScaledLaunch::communicationShare));
        return straggler < communication ? "the slow node " + slowBaseline(launches) : "the fabric between the nodes";
    }

    private static List<String> details(
            Interval interval, Look look, List<ScaledLaunch> launches, Evidence evidence, boolean blind) {
        List<String> lines = new ArrayList<>();
        lines.add(bounds(interval) + ", on log efficiency of " + interval.launches() + " repetitions, nominal α "
                + Interval.NOMINAL_ALPHA + " at each of two looks, 5 % over both");
        if (interval.estimate() > 100) {
            lines.add("above 100 %: slowest baseline " + slowBaseline(launches));
        }
        launches.forEach(launch -> lines.add(launch.line()));
        if (!runsHalves(evidence)) {
            lines.addAll(TrainingFabric.lines(evidence));
            lines.addAll(TrainingFallback.lines(evidence.measured()));
        }
        if (look.extend()) {
            lines.add(EXTENSION);
        }
        if (blind) {
            lines.add(BLIND);
        }
        return lines;
    }

    private static String bounds(Interval interval) {
        return interval.launches() < 2
                ? "no interval of one launch"
                : "interval " + Numbers.plain(interval.lower(), 2) + " … " + Numbers.plain(interval.upper(), 2) + " %";
    }

    private static double mean(Stream<Double> values) {
        return Samples.mean(values.toList());
    }
}
