package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What NCCL must say of the communicators that trained over several nodes, beside what {@link Fallback} asks of every family:
 * that they did go over the network, over all NICs of the cluster file, from and to the GPUs' own memory, and by which
 * algorithm. A rank that says nothing is no evidence.
 */
final class TrainingFallback {
    private static final Pattern OF = Pattern.compile("(\\d{1,9}) of (\\d{1,9}) connections");
    private static final String ASKS =
            "; it needs NCCL 2.20 or newer, NCCL_DEBUG=INFO, NCCL_DEBUG_SUBSYS with INIT, NET"
                    + " and TUNING, and NCCL_DEBUG_FILE, which the suite sets unless the cluster file does";

    private TrainingFallback() {}

    static Optional<String> problem(Evidence evidence) {
        return spanning(evidence).stream()
                .flatMap(launch -> problem(launch, evidence.contract()).stream())
                .findFirst();
    }

    /** The rank that does not say that its communicators go over the network. */
    static Optional<String> unplaced(Evidence evidence) {
        return spanning(evidence).stream()
                .flatMap(launch -> launch.ranks().stream())
                .filter(rank -> !said(rank, "over").equals("network"))
                .findFirst()
                .map(rank -> rank.unit() + ": its communicators must span nodes, found "
                        + (said(rank, "over").isEmpty() ? "no word of where they go" : "all on one host"));
    }

    /** The launches of training whose ranks must have met over NICs. */
    private static List<LaunchResult> spanning(Evidence evidence) {
        Question.Contract contract = evidence.contract();
        boolean nics = !contract.reference() && !contract.sharedHost() && contract.nics() > 0;
        return !nics || !evidence.criterion().workload().equals("sft")
                ? List.of()
                : evidence.measured().stream()
                        .filter(launch -> launch.nodes().size() > 1)
                        .toList();
    }

    private static Optional<String> problem(LaunchResult launch, Question.Contract contract) {
        return launch.ranks().stream()
                .flatMap(rank -> problem(rank, contract).stream())
                .findFirst()
                .or(() -> noAlgorithm(launch));
    }

    private static Optional<String> problem(RankResult rank, Question.Contract contract) {
        if (!said(rank, "transport").contains("NET/")) {
            return Optional.empty();
        }
        List<String> nics = Arrays.stream(said(rank, "nics").split(" "))
                .filter(nic -> !nic.isEmpty())
                .toList();
        if (nics.isEmpty()) {
            return Optional.of(rank.unit() + ": NCCL found no NIC where the cluster file has " + contract.nics()
                    + "; look at NCCL_IB_HCA and the RDMA devices in the container");
        }
        return contract.gpuDirect() ? notDirect(rank) : Optional.empty();
    }

    /**
     * GPUDirect RDMA: without it every byte takes the way through host memory.
     *
     * <p>Of every connection, also where a node has fewer NICs than GPUs: NCCL leads its rings and trees over the GPUs beside a
     * NIC, the others have no line; by PXN it reaches the NIC of another GPU, and whether that is direct goes by that GPU. What
     * is built otherwise, every NIC behind a CPU, is said by the cluster file (nics.gpuDirect).
     */
    private static Optional<String> notDirect(RankResult rank) {
        Matcher direct = OF.matcher(said(rank, "gdr"));
        if (direct.matches() && direct.group(1).equals(direct.group(2))) {
            return Optional.empty();
        }
        return Optional.of(
                rank.unit() + ": GPUDirect RDMA must carry all its connections over the network, NCCL reports "
                        + (said(rank, "gdr").isEmpty() ? "nothing of it" : said(rank, "gdr"))
                        + "; look at nvidia-peermem or DMA-BUF, NCCL_NET_GDR_LEVEL and the PCIe switches between GPU and NIC");
    }

    /** Rank 0 of a communicator tells it. */
    private static Optional<String> noAlgorithm(LaunchResult launch) {
        boolean told = launch.ranks().stream()
                .anyMatch(rank -> !said(rank, "algorithm").isEmpty());
        return told
                ? Optional.empty()
                : Optional.of("launch " + launch.id() + ": NCCL reported no algorithm of its collectives" + ASKS);
    }

    /** One line a launch of what NCCL said, for the evidence. */
    static List<String> lines(List<LaunchResult> launches) {
        return launches.stream()
                .flatMap(launch -> launch.ranks().stream()
                        .filter(rank -> !said(rank, "algorithm").isEmpty())
                        .limit(1)
                        .flatMap(rank -> Stream.of("NCCL in launch " + launch.id() + ", " + rank.unit() + ": "
                                + said(rank, "transport") + ", algorithm " + said(rank, "algorithm") + ", protocol "
                                + said(rank, "protocol")
                                + (said(rank, "gdr").isEmpty() ? "" : ", GPUDirect RDMA " + said(rank, "gdr"))
                                + (said(rank, "nics").isEmpty() ? "" : ", NICs " + said(rank, "nics")))))
                .toList();
    }

    private static String said(RankResult rank, String what) {
        return rank.measurement(Metric.STEP_BYTES)
                .map(Measurement::conditions)
                .map(conditions -> conditions.getOrDefault(what, ""))
                .orElse("");
    }
}
