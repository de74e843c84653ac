package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;

/**
 * Pairs of nodes that miss one judged limit, by the very values that the judge compares, and what a second look at them
 * found. It clears nobody: what the first look gave is what the verdict stands on.
 *
 * <p>The rules are these. Each pair that misses the limit is looked at again. Where more than half of all pairs miss it, and
 * no node is common to them all, it is the fabric or the limit and no pair. A pair is confirmed where the median of what a
 * value of it gave when it met again misses the limit too.
 */
public final class PairMisses {
    private static final int MOST_LINES = 8;

    private final Criterion criterion;
    private final int nodes;
    private final int pairs;
    private final String limit;
    private final DoubleUnaryOperator margin;
    /** What missed the limit, the worst first. */
    private final Map<Unit, Double> missed;

    /** One that has a value: all GPUs of a pair together, or one end of one GPU's link. */
    private record Unit(Part.NodePair pair, String name) {}

    private record Meeting(Part.NodePair pair, int round) {}

    private PairMisses(Criterion criterion, int nodes, Map<Unit, List<Double>> seen) {
        this.criterion = criterion;
        this.nodes = nodes;
        this.pairs = (int) seen.keySet().stream().map(Unit::pair).distinct().count();
        Map<Unit, Double> values = new LinkedHashMap<>();
        seen.forEach((unit, all) -> values.put(unit, Samples.median(all)));
        List<UnitValue> units = values.entrySet().stream()
                .map(each -> new UnitValue(each.getKey().name(), each.getValue()))
                .toList();
        this.limit = Limits.words(criterion.limit(), units, criterion.unit());
        this.margin = units.isEmpty() ? value -> 0 : Limits.margin(criterion.limit(), units);
        this.missed = new LinkedHashMap<>();
        values.entrySet().stream()
                .filter(each -> misses(each.getValue()))
                .sorted(Comparator.comparingDouble(each -> margin.applyAsDouble(each.getValue())))
                .forEach(each -> missed.put(each.getKey(), each.getValue()));
    }

    /** Whether a question's limit can be missed by pairs of nodes, and a miss fails it. */
    public static boolean judges(Question question) {
        Criterion criterion = question.criterion();
        return criterion.judged() && PairReadings.tells(criterion.metric()) && Limits.sane(criterion.limit());
    }

    /** @param launches of the first look; what looks again, or is of other nodes, is not of it */
    public static PairMisses of(Question question, List<LaunchResult> launches) {
        List<LaunchResult> first = launches.stream()
                .filter(launch ->
                        launch.role() == LaunchRole.LOAD && launch.nodes().size() == question.nodes())
                .toList();
        return new PairMisses(question.criterion(), question.nodes(), values(first, question.criterion()));
    }

    /** What the verdict of a question tells of it; empty where it is not judged. */
    static Optional<PairMisses> of(Evidence evidence) {
        return judges(evidence.question())
                ? Optional.of(of(evidence.question(), evidence.measured()))
                : Optional.empty();
    }

    public Better better() {
        return criterion.metric() == Metric.PAIR_LATENCY ? Better.LOWER : Better.HIGHER;
    }

    /** The worst first. */
    public List<Part.NodePair> toLookAt() {
        return nodes >= PairPasses.FEWEST_NODES ? worthALook(missedPairs(), pairs) : List.of();
    }

    /**
     * Which of those that miss a limit are looked at again: all, or none.
     *
     * @param pairs that have a value
     */
    public static List<Part.NodePair> worthALook(List<Part.NodePair> missed, int pairs) {
        return 2 * missed.size() > pairs && commonTo(missed).isEmpty() ? List.of() : missed;
    }

    /** Why pairs that miss the limit are not looked at again; empty where they are, or none does. */
    public Optional<String> notLookedAt() {
        boolean many = nodes >= PairPasses.FEWEST_NODES
                && !missed.isEmpty()
                && toLookAt().isEmpty();
        return many
                ? Optional.of("no second look at the " + missedPairs().size() + " of " + pairs
                        + " pairs of nodes that miss the limit of " + criterion.id() + " (" + limit
                        + "): so many are the fabric's doing, or the limit's, and no pair's")
                : Optional.empty();
    }

    /** Those that miss the limit again. */
    public List<Part.NodePair> confirmed(List<LaunchResult> again) {
        Map<Unit, List<Double>> since = since(again);
        return toLookAt().stream().filter(pair -> isConfirmed(pair, since)).toList();
    }

    /** What the second look found, a line a pair, for the evidence. */
    List<String> lines(List<LaunchResult> again) {
        Map<Unit, List<Double>> since = since(again);
        List<String> lines = new ArrayList<>(notLookedAt().stream().toList());
        List<Part.NodePair> all = toLookAt();
        all.stream().limit(MOST_LINES).map(pair -> line(pair, since)).forEach(lines::add);
        if (all.size() > MOST_LINES) {
            lines.add("below the limit: " + count(all.size() - MOST_LINES) + " more");
        }
        return lines;
    }

    /** The same in one clause, for the sentence of the limit that is missed. */
    Optional<String> summary(List<LaunchResult> again) {
        List<Part.NodePair> all = toLookAt();
        if (all.isEmpty()) {
            return notLookedAt();
        }
        Map<Unit, List<Double>> since = since(again);
        long met = all.stream().filter(pair -> hasMet(pair, since)).count();
        long confirmed = all.stream().filter(pair -> isConfirmed(pair, since)).count();
        String words = met == 0
                ? " not measured again"
                : " by a second look " + confirmed + " confirmed, " + (met - confirmed) + " not confirmed"
                        + (met < all.size() ? ", " + (all.size() - met) + " not measured again" : "");
        return Optional.of(count(all.size()) + " below the limit:" + words);
    }

    /** {@code 1 pair of nodes}, {@code 2 pairs of nodes}. */
    public static String count(int pairs) {
        return pairs == 1 ? "1 pair of nodes" : pairs + " pairs of nodes";
    }

    private static Set<String> commonTo(List<Part.NodePair> pairs) {
        Set<String> common = pairs.stream()
                .findFirst()
                .map(pair -> new TreeSet<>(pair.nodes()))
                .orElseGet(TreeSet::new);
        pairs.forEach(pair -> common.retainAll(pair.nodes()));
        return common;
    }

    private List<Part.NodePair> missedPairs() {
        return missed.keySet().stream().map(Unit::pair).distinct().toList();
    }

    /** NaN misses every limit. */
    private boolean misses(double value) {
        return !(margin.applyAsDouble(value) >= 0);
    }

    private List<Unit> below(Part.NodePair pair) {
        return missed.keySet().stream().filter(unit -> unit.pair().equals(pair)).toList();
    }

    private boolean hasMet(Part.NodePair pair, Map<Unit, List<Double>> since) {
        return below(pair).stream().anyMatch(since::containsKey);
    }

    private boolean isConfirmed(Part.NodePair pair, Map<Unit, List<Double>> since) {
        return below(pair).stream()
                .filter(since::containsKey)
                .anyMatch(unit -> misses(Samples.median(since.getOrDefault(unit, List.of()))));
    }

    private String line(Part.NodePair pair, Map<Unit, List<Double>> since) {
        List<Unit> below = below(pair);
        Unit worst = below.stream()
                .filter(since::containsKey)
                .min(Comparator.comparingDouble(
                        unit -> margin.applyAsDouble(Samples.median(since.getOrDefault(unit, List.of())))))
                .orElse(below.get(0));
        String first = worst.name() + (below.size() > 1 ? " (one of " + below.size() + " values of this pair)" : "")
                + ": " + Numbers.of(missed.getOrDefault(worst, Double.NaN), criterion.unit()) + " at first";
        List<Double> met = since.getOrDefault(worst, List.of());
        if (met.isEmpty()) {
            return "below the limit, not measured again: " + first + ", " + limit;
        }
        String then = ", " + Numbers.of(Samples.median(met), criterion.unit()) + " in the median of " + met.size()
                + " meetings since, " + limit;
        return isConfirmed(pair, since)
                ? "below the limit, confirmed: " + first + then
                : "below the limit, not confirmed: " + first + then + "; what the first look gave stands";
    }

    private Map<Unit, List<Double>> since(List<LaunchResult> again) {
        return values(again.stream().filter(launch -> launch.role().retests()).toList(), criterion);
    }

    /** What each gave in each round that was straight: what another NIC gave says nothing of the first look. */
    private static Map<Unit, List<Double>> values(List<LaunchResult> launches, Criterion criterion) {
        return criterion.metric() == Metric.PAIR_NODE_BANDWIDTH
                ? ofNodes(launches, criterion)
                : ofLinks(launches, criterion);
    }

    private static Map<Unit, List<Double>> ofNodes(List<LaunchResult> launches, Criterion criterion) {
        Map<Unit, List<Double>> values = new LinkedHashMap<>();
        for (LaunchResult launch : launches) {
            Map<Meeting, List<Double>> meetings = new LinkedHashMap<>();
            PairMeetings.values(List.of(launch), Metric.PAIR_BANDWIDTH, criterion.statistic())
                    .forEach((met, value) -> Stream.of(met)
                            .filter(each -> !each.crossed())
                            .forEach(each -> meetings.computeIfAbsent(
                                            new Meeting(each.pair(), each.round()), meeting -> new ArrayList<>())
                                    .add(value)));
            meetings.forEach((meeting, gpus) -> {
                if (gpus.size() == launch.gpusPerNode()) {
                    Part.NodePair pair = meeting.pair();
                    values.computeIfAbsent(new Unit(pair, pair.a() + " with " + pair.b()), unit -> new ArrayList<>())
                            .add(gpus.stream().mapToDouble(Double::doubleValue).sum());
                }
            });
        }
        return values;
    }

    private static Map<Unit, List<Double>> ofLinks(List<LaunchResult> launches, Criterion criterion) {
        Map<Unit, List<Double>> values = new LinkedHashMap<>();
        for (RankResult rank :
                launches.stream().flatMap(launch -> launch.ranks().stream()).toList()) {
            for (Measurement measurement : rank.measurements(criterion.metric(), criterion.conditions())) {
                double value = Samples.of(criterion.statistic(), measurement.samples());
                PairMeetings.met(rank, measurement)
                        .filter(met -> !met.crossed() && Double.isFinite(value))
                        .ifPresent(met -> values.computeIfAbsent(unit(rank, met), unit -> new ArrayList<>())
                                .add(value));
            }
        }
        return values;
    }

    private static Unit unit(RankResult rank, PairMeetings.Met met) {
        String node = rank.header().node();
        String to = met.pair().a().equals(node) ? met.pair().b() : met.pair().a();
        return new Unit(met.pair(), node + " GPU " + met.localRank() + " to " + to);
    }
}
