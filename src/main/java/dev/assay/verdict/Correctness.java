package dev.assay.verdict;

import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.Readings.Reading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whether the results are right. A wrong result fails every criterion of its launches; an unchecked one proves nothing. */
final class Correctness {
    static final String WRONG = "wrong result: ";
    private static final String GEMM = "gemm.";
    private static final Set<String> GEMMS = Set.of("burn", "coupled", "gemm");
    private static final String ALL_REDUCE = "allreduce.";

    /** Without each of them losses may be anything. */
    private static final Set<String> TRAINING = Set.of("sft.finite", "sft.start", "sft.falls");

    private static final double MOST_TOLD = 1e6;

    private static final String SFT = "sft";

    /** What every rank that trained with others must have besides: what the steps left was compared. */
    private static final List<String> LEFT = List.of("sft.norm", "sft.weights");

    /** And what travels, twice, as the details of those checks begin. */
    private static final List<String> REHEARSED = List.of("before the first step", "after the measured steps");

    private static final String GRADIENTS = "sft.traffic.gradients";
    private static final String WEIGHTS = "sft.traffic.weights";

    /** And since that version of the results' format what was sent, against the plan. */
    private static final int SENT_SINCE = 2;

    private static final String SENT = "sft.sent";

    /** And since that one whether the optimizer learns, twice, of one rank too. */
    private static final int UPDATED_SINCE = 3;

    private static final String UPDATED = "sft.update";
    private static final List<String> UPDATES = List.of("after the first step", "after the measured steps");

    private Correctness() {}

    /** The wrong results, a line each; a deviation that is not a number is one. */
    static List<String> wrong(Evidence evidence) {
        return evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .flatMap(rank ->
                        rank.checks().stream().filter(Correctness::wrong).map(check -> words(rank, check)))
                .toList();
    }

    /** The GPU with the first wrong result. */
    static Optional<String> wrongUnit(Evidence evidence) {
        return evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .filter(rank -> rank.checks().stream().anyMatch(Correctness::wrong))
                .findFirst()
                .map(RankResult::unit);
    }

    /** The first rank that lacks a check it must have: of its GEMMs, and of sums that it shared with others. */
    static Optional<String> unchecked(Evidence evidence) {
        return evidence.needed().stream()
                .flatMap(launch -> unchecked(launch, evidence).stream())
                .findFirst();
    }

    /** {@code wrong.elements}: a GPU's wrong elements over all launches and checks. */
    static Readings read(Evidence evidence) {
        Map<String, Double> wrong = evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .collect(Collectors.groupingBy(
                        RankResult::unit, LinkedHashMap::new, Collectors.summingDouble(Correctness::wrongElements)));
        return Readings.collect(
                wrong.entrySet().stream()
                        .map(each -> Reading.of(each.getKey(), each.getValue()))
                        .toList(),
                "GPUs");
    }

    /** Elements found wrong in all launches. */
    static double wrongElements(Evidence evidence) {
        return evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .mapToDouble(Correctness::wrongElements)
                .sum();
    }

    private static double wrongElements(RankResult rank) {
        return rank.checks().stream().mapToDouble(Check::wrong).sum();
    }

    /** Checks are named after what they check: GEMMs in the workloads that run them, else the workload's own. */
    private static String own(String workload) {
        return GEMMS.contains(workload) ? GEMM : workload + ".";
    }

    private static Optional<String> unchecked(LaunchResult launch, Evidence evidence) {
        String own = own(evidence.criterion().workload());
        Set<String> all = launch.ranks().stream().flatMap(Correctness::names).collect(Collectors.toSet());
        return launch.ranks().stream()
                .filter(rank -> !satOut(launch, rank))
                .filter(rank -> !names(rank).collect(Collectors.toSet()).equals(all)
                        || !has(rank, own)
                        || lacksTraining(rank, own)
                        || (reduces(launch, rank) && !has(rank, ALL_REDUCE))
                        || !lacks(launch, rank, evidence).isEmpty())
                .findFirst()
                .map(rank -> "launch " + launch.id() + ", " + rank.unit() + ": the result was not checked, expected "
                        + own + "*" + (reduces(launch, rank) ? ", " + ALL_REDUCE + "*" : "")
                        + " and what the other ranks checked "
                        + all.stream().sorted().toList() + ", found "
                        + names(rank).sorted().toList()
                        + lacks(launch, rank, evidence).stream()
                                .map(what -> "; it lacks " + what)
                                .collect(Collectors.joining()));
    }

    /** What a rank that trained must have checked beside its losses and did not. */
    private static List<String> lacks(LaunchResult launch, RankResult rank, Evidence evidence) {
        if (!evidence.criterion().workload().equals(SFT)) {
            return List.of();
        }
        Stream<String> updates = tells(launch, UPDATED_SINCE)
                ? UPDATES.stream().filter(when -> !checked(rank, UPDATED, when)).map(when -> UPDATED + " " + when)
                : Stream.empty();
        return Stream.concat(updates, reduces(launch, rank) ? lacksOfOthers(launch, rank, evidence) : Stream.empty())
                .toList();
    }

    /** The same of what it shared with others; weights travel where they are sharded. */
    private static Stream<String> lacksOfOthers(LaunchResult launch, RankResult rank, Evidence evidence) {
        Stream<String> traffic =
                evidence.question().training().shards() ? Stream.of(GRADIENTS, WEIGHTS) : Stream.of(GRADIENTS);
        return Stream.concat(
                left(launch).filter(name -> names(rank).noneMatch(name::equals)),
                traffic.flatMap(name -> REHEARSED.stream()
                        .filter(when -> !checked(rank, name, when))
                        .map(when -> name + " " + when)));
    }

    private static boolean checked(RankResult rank, String name, String when) {
        return rank.checks().stream()
                .anyMatch(check -> check.name().equals(name) && check.detail().startsWith(when));
    }

    /** By the newest of the launch's files, so that no rank is let off by an older one of its own. */
    private static Stream<String> left(LaunchResult launch) {
        return tells(launch, SENT_SINCE) ? Stream.concat(LEFT.stream(), Stream.of(SENT)) : LEFT.stream();
    }

    private static boolean tells(LaunchResult launch, int since) {
        return launch.ranks().stream().anyMatch(rank -> rank.header().schema() >= since);
    }

    /** Of an odd number of nodes one meets nobody; of few rounds that may be all. */
    private static boolean satOut(LaunchResult launch, RankResult rank) {
        return launch.role().retests()
                && rank.checks().isEmpty()
                && launch.ranks().stream()
                        .flatMap(other ->
                                other
                                        .measurements(
                                                Metric.PAIR_BANDWIDTH,
                                                Map.of("to", rank.header().node()))
                                        .stream())
                        .findAny()
                        .isEmpty();
    }

    private static boolean lacksTraining(RankResult rank, String own) {
        return own.equals(SFT + ".") && !names(rank).collect(Collectors.toSet()).containsAll(TRAINING);
    }

    private static boolean has(RankResult rank, String prefix) {
        return names(rank).anyMatch(name -> name.startsWith(prefix));
    }

    /** Nothing is reduced under a load, nor by a rank that is alone. */
    private static boolean reduces(LaunchResult launch, RankResult rank) {
        return launch.role() != LaunchRole.LOAD
                && !launch.role().retests()
                && rank.header().communicator().size() > 1;
    }

    private static Stream<String> names(RankResult rank) {
        return rank.checks().stream().map(Check::name);
    }

    private static boolean wrong(Check check) {
        return check.wrong() > 0 || !(check.worst() <= 1);
    }

    /** Which part to take out of the node, where it has a number of its own. */
    private static String serial(RankResult rank) {
        String serial = rank.device().serial();
        return serial.isBlank() || serial.equals(rank.device().uuid()) ? "" : ", serial " + serial;
    }

    private static String words(RankResult rank, Check check) {
        String worst = check.worst() > 1 && check.worst() <= MOST_TOLD
                ? ", worst " + Numbers.of(check.worst(), Unit.RATIO) + " × the bound"
                : "";
        return WRONG + check.wrong() + " of " + check.checked() + " elements of " + check.name() + " on " + rank.unit()
                + serial(rank) + worst + ": " + check.detail();
    }
}
