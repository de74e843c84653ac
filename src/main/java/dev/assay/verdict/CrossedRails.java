package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.Unit;
import dev.assay.verdict.NodeNics.Nic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether what was to cross between rails did: by NCCL's own report a pair of GPUs must have had another NIC at the one end than
 * at the other. How NCCL spreads GPUs over NICs is its own choice, so the plan's pairing alone proves nothing.
 *
 * <p>Where GPUs have several NICs equally near, both ends take all of them, each channel another one. What a channel joins is then
 * told by the connections of sends and receives: the NIC that it leaves by at one end, and arrives by at the other.
 *
 * <p>Counters of the NICs cannot show it: all pairs exchange both ways at once, so each NIC sends and receives alike whether they
 * cross or not. But where they do not bear it out they disprove it ({@link #mostCrossed}).
 */
final class CrossedRails {
    private static final Pattern TO = Pattern.compile("(\\S+)(?: GPU (\\d{1,4}))?");

    /** As of {@code nic.bytes.ratio}: a tenth may be headers, protocol and what was there before. */
    private static final double LEAST_CROSSED = 0.9;

    private CrossedRails() {}

    /** One end of one pair in one round. */
    private record End(String node, int local, String round) {}

    static Optional<String> problem(Evidence evidence) {
        Question.Contract contract = evidence.contract();
        if (contract.reference()
                || contract.sharedHost()
                || contract.nics() < 2
                || !evidence.criterion().workload().equals("fabric")
                || !LaunchVariant.CROSS_RAIL
                        .key()
                        .equals(evidence.criterion().conditions().getOrDefault("variant", ""))) {
            return Optional.empty();
        }
        return evidence.measured().stream()
                .filter(launch -> launch.variant() == LaunchVariant.CROSS_RAIL)
                .flatMap(launch -> problem(launch).or(() -> uncounted(launch, contract)).stream())
                .findFirst();
    }

    private static Optional<String> problem(LaunchResult launch) {
        Map<End, RailWays> ways = new LinkedHashMap<>();
        for (RankResult rank : launch.ranks()) {
            measured(rank).forEach(each -> ways.put(own(rank, each), RailWays.of(each)));
        }
        return launch.ranks().stream()
                .flatMap(rank -> measured(rank).stream().flatMap(each -> problem(rank, each, ways).stream()))
                .findFirst();
    }

    private static Optional<String> problem(RankResult rank, Measurement measurement, Map<End, RailWays> ways) {
        RailWays mine = RailWays.of(measurement);
        Optional<RailWays> theirs =
                other(own(rank, measurement), measurement).flatMap(end -> Optional.ofNullable(ways.get(end)));
        if (mine.used().isEmpty() || theirs.map(each -> each.used().isEmpty()).orElse(true)) {
            return Optional.of(rank.unit() + ": NCCL did not report by which NICs it and "
                    + said(measurement, "to")
                    + " met across rails; it needs NCCL_DEBUG=INFO, NCCL_DEBUG_SUBSYS with INIT and"
                    + " NET, and NCCL_DEBUG_FILE, which the suite sets unless the cluster file does");
        }
        return theirs.flatMap(mine::uncrossed)
                .map(why -> rank.unit() + " with " + said(measurement, "to") + ": NCCL " + why
                        + "; look at which NICs nvidia-smi topo -m shows beside these GPUs, and name each rank's in the"
                        + " cluster file (bindings)");
    }

    /** That the NICs did not carry what a crossing takes. */
    private static Optional<String> uncounted(LaunchResult launch, Question.Contract contract) {
        OptionalDouble most = mostCrossed(NodeNics.of(launch, contract, false));
        return most.isPresent() && !(most.getAsDouble() >= LEAST_CROSSED)
                ? Optional.of("launch " + launch.id() + ": by the counters of the NICs at most "
                        + Numbers.of(100 * most.getAsDouble(), Unit.PERCENT)
                        + " of the bytes can have crossed between rails, whatever NCCL reports; look at nic.bytes.sent and"
                        + " nic.bytes.received of each NIC, and name each rank's NIC in the cluster file (bindings)")
                : Optional.empty();
    }

    /**
     * Of all bytes sent, those that can have arrived on another rail: what NICs of one name sent, on all nodes, but no more than
     * those of other names received. Empty where a NIC has no figure, or is a bond.
     */
    private static OptionalDouble mostCrossed(List<NodeNics> nodes) {
        Map<String, Double> sent = new TreeMap<>();
        Map<String, Double> received = new TreeMap<>();
        for (NodeNics node : nodes) {
            for (Nic nic : node.compute()) {
                if (nic.links() > 1) {
                    return OptionalDouble.empty();
                }
                sent.merge(nic.name(), nic.value(Metric.NIC_BYTES_SENT).orElse(Double.NaN), Double::sum);
                received.merge(nic.name(), nic.value(Metric.NIC_BYTES_RECEIVED).orElse(Double.NaN), Double::sum);
            }
        }
        double all = sum(received);
        double crossed = sent.entrySet().stream()
                .mapToDouble(rail -> Math.min(rail.getValue(), all - received.getOrDefault(rail.getKey(), 0.0)))
                .sum();
        return sum(sent) > 0 && Double.isFinite(crossed)
                ? OptionalDouble.of(crossed / sum(sent))
                : OptionalDouble.empty();
    }

    private static double sum(Map<String, Double> rails) {
        return rails.values().stream().mapToDouble(Double::doubleValue).sum();
    }

    private static List<Measurement> measured(RankResult rank) {
        return rank.measurements(
                Metric.FABRIC_BANDWIDTH,
                Map.of("variant", LaunchVariant.CROSS_RAIL.key(), "pattern", "cross-rail", "over", "network"));
    }

    private static End own(RankResult rank, Measurement measurement) {
        return new End(rank.header().node(), rank.header().localRank(), said(measurement, "round"));
    }

    private static Optional<End> other(End own, Measurement measurement) {
        Matcher to = TO.matcher(said(measurement, "to"));
        return to.matches()
                ? Optional.of(new End(
                        to.group(1),
                        Optional.ofNullable(to.group(2)).map(Integer::parseInt).orElse(own.local()),
                        own.round()))
                : Optional.empty();
    }

    private static String said(Measurement measurement, String what) {
        return measurement.conditions().getOrDefault(what, "");
    }
}
