package dev.assay.verdict;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Whether NCCL connected the GPUs as the cluster promises, by its own report. What silently fell back to sockets, or to copies
 * through host memory, was not the cluster that is to be judged.
 */
final class Fallback {
    private static final String UNKNOWN = "unknown";

    private Fallback() {}

    static Optional<String> problem(Evidence evidence) {
        Question.Contract contract = evidence.contract();
        Optional<Metric> metric = connected(evidence);
        if (contract.reference() || metric.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> conditions = communicator(evidence);
        return evidence.needed().stream()
                .flatMap(launch -> launch.ranks().stream())
                .flatMap(rank -> rank.measurements(metric.orElseThrow(), conditions).stream()
                        .flatMap(measurement -> problem(rank, measurement, contract).stream()))
                .findFirst()
                .or(() -> nobodyCrosses(evidence, metric.orElseThrow(), conditions));
    }

    /** The metric whose measurements say how their ranks were connected. */
    private static Optional<Metric> connected(Evidence evidence) {
        return switch (evidence.criterion().workload()) {
            case "collective" -> Optional.of(Metric.COLLECTIVE_BUSBW);
            case "node-pair" -> Optional.of(Metric.PAIR_BANDWIDTH);
            default -> Optional.empty();
        };
    }

    /** Whatever was measured over the same communicators counts: the sizes in question may not have been reached. */
    private static Map<String, String> communicator(Evidence evidence) {
        Map<String, String> conditions = new TreeMap<>(evidence.criterion().conditions());
        conditions.keySet().retainAll(Set.of("scope", "ranks", "over"));
        return conditions;
    }

    /** A ring crosses the network at some ranks only; but somewhere it must. */
    private static Optional<String> nobodyCrosses(Evidence evidence, Metric metric, Map<String, String> conditions) {
        List<Measurement> network = evidence.ranks().stream()
                .flatMap(rank -> rank.measurements(metric, conditions).stream())
                .filter(Fallback::overNetwork)
                .toList();
        boolean crosses = network.stream().flatMap(each -> kinds(each).stream()).anyMatch(Fallback::isNetwork);
        return network.isEmpty() || crosses
                ? Optional.empty()
                : Optional.of(
                        "NCCL connected GPUs of different hosts, but reported no network transport on any rank; look"
                                + " at its logs in the launch's folder");
    }

    private static boolean overNetwork(Measurement measurement) {
        return "network".equals(measurement.conditions().get("over"));
    }

    private static boolean isNetwork(String kind) {
        return kind.startsWith("NET/");
    }

    private static List<String> kinds(Measurement measurement) {
        return Arrays.asList(
                measurement.conditions().getOrDefault("transport", UNKNOWN).split("\\+"));
    }

    private static Optional<String> problem(RankResult rank, Measurement measurement, Question.Contract contract) {
        List<String> kinds = kinds(measurement);
        boolean network = overNetwork(measurement);
        boolean hasNics = !contract.sharedHost() && contract.fabricFloorGBps() > 0;
        return Stream.of(
                        fault(
                                kinds.contains("SHM"),
                                "through host memory (SHM) where GPUs of a host must reach each other (P2P);"
                                        + " look at NCCL_P2P_DISABLE, the container's IPC and nvidia-smi topo -m"),
                        fault(
                                network && hasNics && kinds.contains("NET/Socket"),
                                "over sockets (NET/Socket) where the cluster file has NICs; look at NCCL_IB_HCA,"
                                        + " NCCL_IB_DISABLE, the RDMA devices in the container and the locked-memory limit"),
                        fault(
                                !network && kinds.stream().anyMatch(Fallback::isNetwork),
                                "over the network where all its GPUs share one host; look at NCCL_P2P_DISABLE and"
                                        + " NCCL_SHM_DISABLE"),
                        fault(
                                network && hasNics && kinds.contains(UNKNOWN),
                                "by a transport that NCCL did not report; it needs NCCL_DEBUG=INFO, NCCL_DEBUG_SUBSYS with"
                                        + " INIT and NET, and NCCL_DEBUG_FILE, which the suite sets unless the cluster file does"))
                .flatMap(Optional::stream)
                .findFirst()
                .map(words -> rank.unit() + ": NCCL connected it (" + String.join("+", kinds) + ") " + words);
    }

    private static Optional<String> fault(boolean found, String words) {
        return found ? Optional.of(words) : Optional.empty();
    }
}
