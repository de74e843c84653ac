package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * What the NICs of one node counted in one launch, as the node's first rank wrote it.
 *
 * @param name of the node, with the launch where there are several
 * @param without why nothing can be told of this node's NICs; the host said so itself where {@code explained}
 * @param compute the NICs that the cluster file means: active, of its line rate
 * @param found all ports of RDMA devices, in whatever state and of whatever rate
 * @param unknown NICs whose rate or state could not be read, so that they may be meant as well
 */
record NodeNics(
        String name,
        RankResult rank,
        Optional<String> without,
        boolean explained,
        int found,
        List<Nic> compute,
        List<Nic> unknown,
        Map<String, String> reasons) {
    /** Rates are whole numbers of Gbit/s; 1 % tells 400 from 200 and from rounding. */
    private static final double SAME_RATE = 0.01;

    private static final String ACTIVE = "4: ACTIVE";

    /** One port: what it counted, in each metric's unit. */
    record Nic(String name, String state, Map<Metric, Double> counted) {
        OptionalDouble value(Metric metric) {
            return counted.containsKey(metric)
                    ? OptionalDouble.of(counted.getOrDefault(metric, Double.NaN))
                    : OptionalDouble.empty();
        }

        double carried() {
            return value(Metric.NIC_BYTES_SENT).orElse(0)
                    + value(Metric.NIC_BYTES_RECEIVED).orElse(0);
        }
    }

    /** The nodes of these launches, in their order. */
    static List<NodeNics> of(List<LaunchResult> launches, Question.Contract contract) {
        return launches.stream()
                .flatMap(launch -> of(launch, contract, launches.size() > 1).stream())
                .toList();
    }

    static List<NodeNics> of(LaunchResult launch, Question.Contract contract, boolean several) {
        return IntStream.range(0, launch.nodes().size())
                .map(node -> node * launch.gpusPerNode())
                .mapToObj(first -> of(launch.ranks().get(first), contract, several))
                .toList();
    }

    private static NodeNics of(RankResult rank, Question.Contract contract, boolean several) {
        String name =
                rank.header().node() + (several ? " in launch " + rank.header().launch() : "");
        Optional<Measurement> count = rank.measurement(Metric.NIC_COUNT);
        Map<String, String> reasons = count.map(Measurement::conditions).orElse(Map.of());
        List<Nic> all = nics(rank);
        boolean rdma = "rdma".equals(reasons.get("kind"));
        Optional<String> without = count.isEmpty()
                ? Optional.of("no NIC counters were taken")
                : rdma && contract.nics() > 0
                        ? Optional.empty()
                        : Optional.of(
                                rdma
                                        ? "the cluster file names no NIC"
                                        : reasons.getOrDefault("none", "no RDMA device") + "; the cluster file says "
                                                + contract.nics() + " NICs, and an interface's own counters do not show"
                                                + " what went by RDMA");
        return new NodeNics(
                name,
                rank,
                without,
                count.isPresent(),
                all.size(),
                all.stream()
                        .filter(nic -> nic.state().equals(ACTIVE) && sameRate(nic, contract))
                        .toList(),
                all.stream()
                        .filter(nic -> nic.state().startsWith("(")
                                || nic.value(Metric.NIC_RATE).isEmpty())
                        .toList(),
                reasons);
    }

    private static boolean sameRate(Nic nic, Question.Contract contract) {
        OptionalDouble rate = nic.value(Metric.NIC_RATE);
        return rate.isPresent() && Math.abs(rate.getAsDouble() / contract.nicGBps() - 1) <= SAME_RATE;
    }

    /** By name, in the order written; of a metric written twice for one NIC the sum, for nothing may be lost. */
    private static List<Nic> nics(RankResult rank) {
        Map<String, Map<Metric, Double>> counted = new LinkedHashMap<>();
        Map<String, String> states = new LinkedHashMap<>();
        for (Measurement each : rank.measurements()) {
            String nic = each.conditions().getOrDefault("nic", "");
            if (!nic.isEmpty()) {
                double value =
                        each.samples().stream().mapToDouble(Double::doubleValue).sum();
                counted.computeIfAbsent(nic, unused -> new LinkedHashMap<>()).merge(each.metric(), value, Double::sum);
                states.put(nic, each.conditions().getOrDefault("state", "(no state)"));
            }
        }
        return counted.entrySet().stream()
                .map(nic -> new Nic(nic.getKey(), states.getOrDefault(nic.getKey(), ""), Map.copyOf(nic.getValue())))
                .toList();
    }

    /** How many of the promised NICs are not there, down, or of another rate. */
    int missing(Question.Contract contract) {
        return Math.max(0, contract.nics() - compute.size());
    }

    /** As many as the cluster file promises: those that carried most, should there be others of the same rate. */
    List<Nic> busiest(Question.Contract contract) {
        return compute.stream()
                .sorted(Comparator.comparingDouble(Nic::carried).reversed())
                .limit(contract.nics())
                .toList();
    }

    /** Why a NIC has no value of a metric, by the host's own words. */
    Optional<String> reason(Nic nic, Metric metric) {
        return Optional.ofNullable(reasons.get(nic.name() + " " + metric.key()));
    }

    /** What is there of what is promised; a bond of several NICs is one RDMA device. */
    String promised(Question.Contract contract) {
        String words = compute.size() + " of " + contract.nics() + " NICs of "
                + Numbers.limit(contract.nicGBps(), Unit.GIGABYTES_PER_SECOND) + " are active";
        return found >= contract.nics()
                ? words
                : words + ", the node has " + found + " RDMA ports in all; NICs in a bond show as one port";
    }

    /** Whether a promised NIC is there and down or slow, for all that the host says, and not merely absent. */
    boolean downOrSlow(Question.Contract contract) {
        return missing(contract) > 0 && unknown.isEmpty() && found >= contract.nics();
    }
}
