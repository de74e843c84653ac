package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import java.util.ArrayList;
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
 * @param found all ports of RDMA devices, in whatever state and of whatever rate; of a bond its links
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

    /**
     * One port: what it counted, in each metric's unit.
     *
     * @param links NICs that it stands for: of a bond those that are up
     * @param down of a bond those that are not
     */
    record Nic(String name, String state, int links, int down, Map<Metric, Double> counted) {
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
                all.stream().mapToInt(nic -> nic.links() + nic.down()).sum(),
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
        return rate.isPresent() && Math.abs(rate.getAsDouble() / nic.links() / contract.nicGBps() - 1) <= SAME_RATE;
    }

    /** By name, in the order written; of a metric written twice for one NIC the sum, for nothing may be lost. */
    private static List<Nic> nics(RankResult rank) {
        Map<String, Map<Metric, Double>> counted = new LinkedHashMap<>();
        Map<String, Map<String, String>> facts = new LinkedHashMap<>();
        for (Measurement each : rank.measurements()) {
            String nic = each.conditions().getOrDefault("nic", "");
            if (!nic.isEmpty()) {
                double value =
                        each.samples().stream().mapToDouble(Double::doubleValue).sum();
                counted.computeIfAbsent(nic, unused -> new LinkedHashMap<>()).merge(each.metric(), value, Double::sum);
                facts.put(nic, each.conditions());
            }
        }
        return counted.entrySet().stream()
                .map(nic -> nic(nic.getKey(), facts.getOrDefault(nic.getKey(), Map.of()), nic.getValue()))
                .toList();
    }

    private static Nic nic(String name, Map<String, String> facts, Map<Metric, Double> counted) {
        return new Nic(
                name,
                facts.getOrDefault("state", "(no state)"),
                number(facts, "links", 1),
                number(facts, "linksDown", 0),
                Map.copyOf(counted));
    }

    private static int number(Map<String, String> facts, String name, int otherwise) {
        String text = facts.getOrDefault(name, "");
        return text.matches("\\d{1,3}") ? Integer.parseInt(text) : otherwise;
    }

    private int active() {
        return compute.stream().mapToInt(Nic::links).sum();
    }

    /** How many of the promised NICs are not there, down, or of another rate. */
    int missing(Question.Contract contract) {
        return Math.max(0, contract.nics() - active());
    }

    /** As many as the cluster file promises: those that carried most, should there be others of the same rate. */
    List<Nic> busiest(Question.Contract contract) {
        List<Nic> taken = new ArrayList<>();
        int links = 0;
        for (Nic nic : compute.stream()
                .sorted(Comparator.comparingDouble((Nic each) -> each.carried() / each.links())
                        .reversed())
                .toList()) {
            if (links < contract.nics()) {
                taken.add(nic);
                links += nic.links();
            }
        }
        return taken;
    }

    /** Why a NIC has no value of a metric, by the host's own words. */
    Optional<String> reason(Nic nic, Metric metric) {
        return Optional.ofNullable(reasons.get(nic.name() + " " + metric.key()));
    }

    /** What is there of what is promised; links in a bond that cannot be matched with it show as one RDMA port. */
    String promised(Question.Contract contract) {
        String words = active() + " of " + contract.nics() + " NICs of "
                + Numbers.limit(contract.nicGBps(), Unit.GIGABYTES_PER_SECOND) + " are active";
        String why = unknown.stream()
                .flatMap(nic -> reason(nic, Metric.NIC_RATE).map(said -> nic.name() + ": " + said).stream())
                .findFirst()
                .map(said -> "; " + said)
                .orElse("");
        return (found >= contract.nics()
                        ? words
                        : words + ", the node has " + found + " RDMA ports in all; NICs in a bond show as one port")
                + why;
    }

    /** Whether a promised NIC is there and down or slow, for all that the host says, and not merely absent. */
    boolean downOrSlow(Question.Contract contract) {
        return missing(contract) > 0 && unknown.isEmpty() && found >= contract.nics();
    }
}
