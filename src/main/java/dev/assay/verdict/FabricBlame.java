package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom the slow values of a pattern over the fabric have in common. Pairs that exchange in turns (bisection, cross-rail) are a
 * matrix, and {@link Attribution} judges it; of a group that works at once only the slowest unit can be named.
 */
final class FabricBlame {
    private static final Pattern TO = Pattern.compile("(\\S+)(?: GPU (\\d{1,4}))?");

    private FabricBlame() {}

    /** Two GPUs in one round; both of them measure it. */
    private record Met(PairEnd one, PairEnd other, int round) {}

    /** Whether the metric is one of patterns over the fabric. */
    static boolean tells(Metric metric) {
        return metric == Metric.FABRIC_BANDWIDTH
                || metric == Metric.FABRIC_NODE_BANDWIDTH
                || metric == Metric.FABRIC_BUSBW
                || metric == Metric.FABRIC_VICTIM;
    }

    /** Whom the slow pairs have in common, the accused first; empty of groups, and where nobody stands out. */
    static List<String> lines(Evidence evidence) {
        if (!isOfPairs(evidence)) {
            return List.of();
        }
        TreeSet<String> nodes = new TreeSet<>();
        evidence.measured().forEach(launch -> nodes.addAll(launch.nodes()));
        return nodes.size() < PairPasses.FEWEST_NODES
                ? List.of(PairReport.TWO_NODES)
                : Attribution.of(nodes, observations(evidence), Better.HIGHER).lines();
    }

    /** The same for the sentence of a limit that is missed, with no more than the pattern can distinguish. */
    static String look(Evidence evidence, Readings readings, Limits.Meeting meeting) {
        String hint = "; look at " + Hints.of(evidence.criterion().metric());
        String who = isOfPairs(evidence)
                ? lines(evidence).stream().findFirst().orElse(tooFew(evidence))
                : switch (pattern(evidence)) {
                    case "incast" ->
                        slowest(evidence, readings, meeting, "receivers")
                                + "; all others send to it at once, so no sender can be told from another";
                    case "victim" ->
                        slowest(evidence, readings, meeting, "GPUs of pairs")
                                + "; each pair met once beside each load, so its ends and the way between them are one,"
                                + " and no aggressor can be told from another";
                    default ->
                        "one all-reduce of all GPUs has one time, which names nobody; pairs do (node-pair, bisection)";
                };
        return who + hint;
    }

    private static boolean isOfPairs(Evidence evidence) {
        return pattern(evidence).equals("bisection") || pattern(evidence).equals("cross-rail");
    }

    private static String pattern(Evidence evidence) {
        return evidence.criterion().conditions().getOrDefault("pattern", "");
    }

    /** With fewer than three meetings a node's own noise is not known. */
    private static String tooFew(Evidence evidence) {
        int rounds = evidence.question().valuesPerRank();
        return rounds < PairNoise.ENOUGH
                ? "each node met at most " + rounds
                        + " others in this pattern, too few to tell it from them; the matrix of"
                        + " node-pair has every pair"
                : "no part stands out of the others' noise";
    }

    private static String slowest(Evidence evidence, Readings readings, Limits.Meeting meeting, String units) {
        int all = readings.values().size();
        String missed = "beyond the limit by "
                + Numbers.of(Math.abs(meeting.margin()), evidence.criterion().unit());
        if (2 * meeting.missed() > all) {
            return meeting.missed() + " of " + all + " " + units + " miss it, the slowest "
                    + meeting.worst().unit() + " " + missed + ": the fabric, or the limit, and no single one of them";
        }
        double median = Limits.median(readings.values());
        boolean apart = Outliers.of(readings.values()).contains(meeting.worst());
        return "the slowest is " + meeting.worst().unit() + ", " + missed
                + String.format(
                        Locale.ROOT,
                        " and %.1f %% off the median of the %d %s, %s",
                        100 * Math.abs(1 - meeting.worst().value() / median),
                        all,
                        units,
                        apart ? "apart from all others" : "within the others' spread");
    }

    /** The mean of what both ends say; where one of them has no positive number there is none. */
    private static List<PairObservation> observations(Evidence evidence) {
        Map<Met, List<Double>> ends = new LinkedHashMap<>();
        for (LaunchResult launch : evidence.measured()) {
            for (RankResult rank : launch.ranks()) {
                for (Measurement each : rank.measurements(
                        Metric.FABRIC_BANDWIDTH, evidence.criterion().conditions())) {
                    double value = Samples.of(evidence.criterion().statistic(), each.samples());
                    met(rank, each, launch, evidence.contract())
                            .filter(met -> value > 0 && Double.isFinite(value))
                            .ifPresent(met -> ends.computeIfAbsent(met, key -> new ArrayList<>())
                                    .add(value));
                }
            }
        }
        List<PairObservation> observations = new ArrayList<>();
        ends.forEach((met, both) -> {
            if (both.size() == 2) {
                observations.add(new PairObservation(
                        met.one(), met.other(), pattern(evidence), met.round(), Samples.mean(both)));
            }
        });
        return observations;
    }

    private static Optional<Met> met(
            RankResult rank, Measurement measurement, LaunchResult launch, Question.Contract contract) {
        Matcher to = TO.matcher(measurement.conditions().getOrDefault("to", ""));
        String round = measurement.conditions().getOrDefault("round", "");
        String node = rank.header().node();
        int local = rank.header().localRank();
        if (!to.matches() || !round.matches("\\d{1,6}")) {
            return Optional.empty();
        }
        String partner = to.group(1);
        int other = Optional.ofNullable(to.group(2)).map(Integer::parseInt).orElse(local);
        if (partner.equals(node) || !launch.nodes().contains(partner) || other >= launch.gpusPerNode()) {
            return Optional.empty();
        }
        PairEnd own = PairMeetings.end(node, local, local, launch.gpusPerNode(), contract);
        PairEnd its = PairMeetings.end(partner, other, other, launch.gpusPerNode(), contract);
        boolean ordered = node.compareTo(partner) < 0;
        return Optional.of(new Met(ordered ? own : its, ordered ? its : own, Integer.parseInt(round)));
    }
}
