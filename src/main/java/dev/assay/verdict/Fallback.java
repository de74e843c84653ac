package dev.assay.verdict;

import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
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
    private static final String ALGORITHM = "algorithm";
    private static final String TRAINING = "sft";
    private static final String COUPLED = "coupled";

    private Fallback() {}

    static Optional<String> problem(Evidence evidence) {
        Question.Contract contract = evidence.contract();
        List<Metric> metrics = connected(evidence);
        if (contract.reference() || metrics.isEmpty()) {
            return Optional.empty();
        }
        Map<String, String> conditions = communicator(evidence);
        boolean training = evidence.criterion().workload().equals(TRAINING);
        return TrainingFallback.unplaced(evidence)
                .or(() -> unplaced(evidence))
                .or(() -> evidence.needed().stream()
                        .flatMap(launch -> launch.ranks().stream())
                        .flatMap(rank -> metrics.stream()
                                .flatMap(metric -> rank.measurements(metric, conditions).stream())
                                .flatMap(measurement -> problem(rank, measurement, contract).stream()))
                        .findFirst())
                .or(() -> nobodyCrosses(evidence, metrics, conditions))
                .or(() -> ringUnseen(evidence, conditions))
                .or(() -> evidence.needed().stream()
                        .flatMap(launch ->
                                NetworkReport.problem(launch, metrics, conditions, contract, !training).stream())
                        .findFirst())
                .or(() -> CrossedRails.problem(evidence))
                .or(() -> TrainingFallback.problem(evidence))
                .map(words -> words + FallbackSize.words(evidence));
    }

    /** The metrics whose measurements say how their ranks were connected. */
    private static List<Metric> connected(Evidence evidence) {
        return switch (evidence.criterion().workload()) {
            case "collective" -> List.of(Metric.COLLECTIVE_BUSBW);
            case "node-pair" -> List.of(Metric.PAIR_BANDWIDTH);
            case "fabric" -> List.of(Metric.FABRIC_BANDWIDTH, Metric.FABRIC_BUSBW);
            case TRAINING, COUPLED -> List.of(Metric.STEP_BYTES);
            default -> List.of();
        };
    }

    /** Steps of several hosts that do not say that they went over the network. */
    private static Optional<String> unplaced(Evidence evidence) {
        boolean asked = evidence.criterion().workload().equals(COUPLED)
                && !evidence.contract().sharedHost()
                && evidence.contract().nics() > 0;
        return evidence.needed().stream()
                .filter(launch -> asked
                        && launch.role() == LaunchRole.SCALED
                        && launch.nodes().size() > 1)
                .flatMap(launch -> launch.ranks().stream())
                .filter(rank -> rank.measurement(Metric.STEP_BYTES)
                        .filter(Fallback::overNetwork)
                        .isEmpty())
                .findFirst()
                .map(rank ->
                        rank.unit() + ": no word of how its communicator over several nodes is connected; the worker"
                                + " writes it beside step.bytes");
    }

    /** Whatever was measured over the same communicators counts: the sizes in question may not have been reached. */
    private static Map<String, String> communicator(Evidence evidence) {
        Map<String, String> conditions = new TreeMap<>(evidence.criterion().conditions());
        conditions.keySet().retainAll(Set.of("scope", "ranks", "over"));
        return conditions;
    }

    /** A ring crosses the network at some ranks only; but somewhere it must. */
    private static Optional<String> nobodyCrosses(
            Evidence evidence, List<Metric> metrics, Map<String, String> conditions) {
        List<Measurement> network = evidence.ranks().stream()
                .flatMap(rank -> metrics.stream().flatMap(metric -> rank.measurements(metric, conditions).stream()))
                .filter(Fallback::overNetwork)
                .toList();
        boolean crosses = network.stream().flatMap(each -> kinds(each).stream()).anyMatch(Fallback::isNetwork);
        return network.isEmpty() || crosses
                ? Optional.empty()
                : Optional.of(
                        "NCCL connected GPUs of different hosts, but reported no network transport on any rank; look"
                                + " at its logs in the launch's folder");
    }

    /** NCCL tells its algorithm by rank 0 of a communicator alone; where no rank tells, rings were not shown to be forced. */
    private static Optional<String> ringUnseen(Evidence evidence, Map<String, String> conditions) {
        List<Measurement> forced = evidence.ranks().stream()
                .flatMap(rank -> rank.measurements(Metric.FABRIC_BUSBW, conditions).stream())
                .filter(measurement -> variant(measurement) == LaunchVariant.RING)
                .toList();
        boolean told =
                forced.stream().anyMatch(measurement -> measurement.conditions().containsKey(ALGORITHM));
        return forced.isEmpty() || told
                ? Optional.empty()
                : Optional.of("rings were to be forced (" + LaunchVariant.RING.words()
                        + "), but NCCL reported no algorithm; it needs NCCL 2.20 or newer, NCCL_DEBUG=INFO,"
                        + " NCCL_DEBUG_SUBSYS with TUNING, and NCCL_DEBUG_FILE, which the suite sets unless the cluster"
                        + " file does");
    }

    /** What a measurement of before there were variants, or of another family, does not say. */
    private static LaunchVariant variant(Measurement measurement) {
        String key = measurement.conditions().getOrDefault("variant", "");
        return Arrays.stream(LaunchVariant.values())
                .filter(variant -> variant.key().equals(key))
                .findFirst()
                .orElse(LaunchVariant.DEFAULT);
    }

    private static boolean overNetwork(Measurement measurement) {
        return "network".equals(measurement.conditions().get("over"));
    }

    /** Of one GPU alone nothing is connected, and nothing is said. */
    private static boolean placed(Measurement measurement) {
        return measurement.conditions().containsKey("over");
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
        LaunchVariant variant = variant(measurement);
        boolean nicOnly = variant == LaunchVariant.NIC_ONLY;
        boolean network = overNetwork(measurement);
        boolean hasNics = !contract.sharedHost() && contract.fabricFloorGBps() > 0;
        return Stream.of(
                        fault(
                                nicOnly && kinds.stream().anyMatch(kind -> !isNetwork(kind) && !kind.equals(UNKNOWN)),
                                "though it was to connect by NICs alone (" + variant.words()
                                        + "); look at NCCL's log and the launch's environment file"),
                        fault(
                                variant == LaunchVariant.CROSS_RAIL
                                        && measurement.conditions().containsKey("pxn"),
                                "by NICs of other GPUs (PXN, "
                                        + measurement.conditions().getOrDefault("pxn", "")
                                        + "), so that no byte crossed between rails; look at " + variant.words()
                                        + " in the launch's environment file"),
                        fault(
                                variant == LaunchVariant.RING
                                        && !measurement
                                                .conditions()
                                                .getOrDefault(ALGORITHM, "RING")
                                                .equals("RING"),
                                "and took the algorithm "
                                        + measurement.conditions().getOrDefault(ALGORITHM, "") + ", though "
                                        + variant.words() + " was set; look at NCCL's log and a tuner plugin"),
                        fault(
                                !nicOnly && kinds.contains("SHM"),
                                "through host memory (SHM) where GPUs of a host must reach each other (P2P);"
                                        + " look at NCCL_P2P_DISABLE, the container's IPC and nvidia-smi topo -m"),
                        fault(
                                network && hasNics && kinds.contains("NET/Socket"),
                                "over sockets (NET/Socket) where the cluster file has NICs; look at NCCL_IB_HCA,"
                                        + " NCCL_IB_DISABLE, the RDMA devices in the container and the locked-memory limit"),
                        fault(
                                !network && !nicOnly && kinds.stream().anyMatch(Fallback::isNetwork),
                                "over the network where all its GPUs share one host; look at NCCL_P2P_DISABLE and"
                                        + " NCCL_SHM_DISABLE"),
                        fault(
                                (network ? hasNics : placed(measurement)) && kinds.contains(UNKNOWN),
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
