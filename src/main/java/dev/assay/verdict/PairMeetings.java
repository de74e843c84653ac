package dev.assay.verdict;

import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** What launches of pairs of nodes observed. Of every value the median: whom a run looks at again depends on no criterion. */
public final class PairMeetings {
    private static final String TO = "to";
    private static final String ROUND = "round";
    private static final String NICS = "nics";
    private static final String CROSSED = "crossed";

    private PairMeetings() {}

    /** Two GPUs in one round; both of them measure it. */
    record Met(Part.NodePair pair, int localRank, int round, boolean crossed) {}

    /** All passes of one kind of value: HIGHER is bandwidth, LOWER latency. */
    public static PairPasses passes(List<LaunchResult> launches, Question.Contract contract, Better better) {
        Set<String> nodes = new TreeSet<>();
        of(launches, LaunchRole.LOAD).forEach(launch -> nodes.addAll(launch.nodes()));
        return new PairPasses(
                nodes,
                better,
                observations(of(launches, LaunchRole.LOAD), contract, better),
                observations(again(launches, LaunchRole.SIFTING, nodes), contract, better),
                observations(again(launches, LaunchRole.JUDGING, nodes), contract, better),
                PairsBelow.NONE);
    }

    /** What these launches, whatever their role, observed. */
    public static List<PairObservation> observations(
            List<LaunchResult> launches, Question.Contract contract, Better better) {
        Metric metric = better == Better.LOWER ? Metric.PAIR_LATENCY : Metric.PAIR_BANDWIDTH;
        List<PairObservation> observations = new ArrayList<>();
        for (LaunchResult launch : launches) {
            values(List.of(launch), metric, Statistic.MEDIAN)
                    .forEach((met, value) -> observations.add(new PairObservation(
                            end(met.pair().a(), met, launch.gpusPerNode(), contract),
                            end(met.pair().b(), met, launch.gpusPerNode(), contract),
                            met.crossed() ? CROSSED : "same rail",
                            met.round(),
                            value)));
        }
        return observations;
    }

    /** The mean of what both ends say of one meeting; where one of them has no positive number there is none. */
    static Map<Met, Double> values(List<LaunchResult> launches, Metric metric, Statistic statistic) {
        Set<String> nodes = new HashSet<>();
        launches.forEach(launch -> nodes.addAll(launch.nodes()));
        Map<Met, List<Double>> ends = new LinkedHashMap<>();
        for (RankResult rank :
                launches.stream().flatMap(launch -> launch.ranks().stream()).toList()) {
            for (Measurement measurement : rank.measurements(metric, Map.of())) {
                double value = Samples.of(statistic, measurement.samples());
                met(rank, measurement)
                        .filter(met -> value > 0 && Double.isFinite(value))
                        .filter(met -> nodes.containsAll(met.pair().nodes()))
                        .ifPresent(met -> ends.computeIfAbsent(met, key -> new ArrayList<>())
                                .add(value));
            }
        }
        Map<Met, Double> values = new LinkedHashMap<>();
        ends.forEach((met, both) -> {
            if (both.size() == 2) {
                values.put(met, Samples.mean(both));
            }
        });
        return values;
    }

    static Part.NodePair pair(String one, String other) {
        return one.compareTo(other) <= 0 ? new Part.NodePair(one, other) : new Part.NodePair(other, one);
    }

    private static List<LaunchResult> of(List<LaunchResult> launches, LaunchRole role) {
        return launches.stream().filter(launch -> launch.role() == role).toList();
    }

    /** A launch of other nodes says nothing of these. */
    private static List<LaunchResult> again(List<LaunchResult> launches, LaunchRole role, Set<String> nodes) {
        return of(launches, role).stream()
                .filter(launch -> nodes.containsAll(launch.nodes()))
                .toList();
    }

    /**
     * The GPUs of a node take its NICs in turn, as NCCL takes the nearest; crossed, each takes its neighbour's. Where no byte
     * crosses one there is none.
     */
    private static PairEnd end(String node, Met met, int gpusPerNode, Question.Contract contract) {
        int position = met.crossed() ? (met.localRank() + 1) % gpusPerNode : met.localRank();
        return end(node, met.localRank(), position, gpusPerNode, contract);
    }

    /** @param position the GPU whose NIC this one uses */
    static PairEnd end(String node, int localRank, int position, int gpusPerNode, Question.Contract contract) {
        boolean networked = !contract.sharedHost() && contract.nics() > 0;
        return new PairEnd(
                node,
                localRank,
                networked ? OptionalInt.of(position * contract.nics() / gpusPerNode) : OptionalInt.empty());
    }

    /** Empty where the measurement does not say whom it met, and when. */
    static Optional<Met> met(RankResult rank, Measurement measurement) {
        Map<String, String> conditions = measurement.conditions();
        Optional<String> to = Optional.ofNullable(conditions.get(TO));
        String round = conditions.getOrDefault(ROUND, "");
        String node = rank.header().node();
        return to.filter(other -> !other.equals(node) && round.matches("\\d{1,9}"))
                .map(other -> new Met(
                        pair(node, other),
                        rank.header().localRank(),
                        Integer.parseInt(round),
                        CROSSED.equals(conditions.get(NICS))));
    }
}
