package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether what was to cross between rails did: by NCCL's own report a pair of GPUs must have had another NIC at the one end than
 * at the other. How NCCL spreads GPUs over NICs is its own choice, so the plan's pairing alone proves nothing.
 */
final class CrossedRails {
    private static final Pattern TO = Pattern.compile("(\\S+)(?: GPU (\\d{1,4}))?");

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
                .flatMap(launch -> problem(launch).stream())
                .findFirst();
    }

    private static Optional<String> problem(LaunchResult launch) {
        Map<End, String> used = new LinkedHashMap<>();
        for (RankResult rank : launch.ranks()) {
            measured(rank).forEach(each -> used.put(own(rank, each), used(each)));
        }
        return launch.ranks().stream()
                .flatMap(rank -> measured(rank).stream().flatMap(each -> problem(rank, each, used).stream()))
                .findFirst();
    }

    private static Optional<String> problem(RankResult rank, Measurement measurement, Map<End, String> used) {
        End own = own(rank, measurement);
        String mine = used.getOrDefault(own, "");
        if (mine.isEmpty()) {
            return Optional.of(rank.unit() + ": NCCL did not report by which NIC it reached "
                    + said(measurement, "to")
                    + " across rails; it needs NCCL_DEBUG=INFO, NCCL_DEBUG_SUBSYS with INIT and"
                    + " NET, and NCCL_DEBUG_FILE, which the suite sets unless the cluster file does");
        }
        return other(own, measurement)
                .filter(end -> mine.equals(used.getOrDefault(end, "")))
                .map(end -> rank.unit() + " with " + said(measurement, "to") + ": NCCL took NIC " + mine
                        + " at both ends, so that no byte is known to have crossed between rails; look at which NICs"
                        + " nvidia-smi topo -m shows beside these GPUs, and name each rank's in the cluster file"
                        + " (bindings)");
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

    /** A rank that is bound to one NIC counts it as its first, so its name tells more than its number. */
    private static String used(Measurement measurement) {
        String names = said(measurement, "nics");
        String numbers = said(measurement, "nicsUsed");
        return numbers.isEmpty() || names.isEmpty() || names.contains(" ") ? numbers : names;
    }

    private static String said(Measurement measurement, String what) {
        return measurement.conditions().getOrDefault(what, "");
    }
}
