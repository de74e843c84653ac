package dev.assay.verdict;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What NCCL said of the NICs of one node in one launch, whatever the family: it must find as many as the cluster file promises,
 * and reach the GPUs' own memory (GPUDirect RDMA). A node that says nothing is no evidence.
 *
 * @param said by ranks that are connected over the network; what they found is the process's, so a node's is all of theirs
 */
record NetworkReport(String node, List<Said> said) {
    private static final Pattern OF = Pattern.compile("(\\d{1,9}) of (\\d{1,9}) connections");

    /** In the place of NICs, where a second look has the ranks change theirs. */
    private static final String CROSSED = "crossed";

    /** One measurement of a rank. */
    record Said(RankResult rank, Measurement measurement) {
        String of(String what) {
            return measurement.conditions().getOrDefault(what, "");
        }

        List<String> nics() {
            return Arrays.stream(of("nics").split(" "))
                    .filter(nic -> !nic.isEmpty())
                    .toList();
        }

        boolean direct() {
            Matcher direct = OF.matcher(of("gdr"));
            return direct.matches() && direct.group(1).equals(direct.group(2));
        }

        /**
         * Of a communicator of all GPUs that never sends or receives by itself NCCL leads rings and trees over the GPUs beside
         * a NIC; by itself a GPU takes its own way, as far as that is.
         */
        boolean ledByNcclToNics() {
            return switch (measurement.metric()) {
                case STEP_BYTES -> true;
                case FABRIC_BUSBW -> !of("variant").equals(LaunchVariant.NIC_ONLY.key());
                case COLLECTIVE_BUSBW ->
                    !of("scope").equals("rail") && Set.of("", "all-reduce").contains(of("operation"));
                default -> false;
            };
        }
    }

    NetworkReport {
        said = List.copyOf(said);
    }

    /**
     * Why the nodes of a launch are not connected as the cluster file promises; none where it promises no NIC.
     *
     * @param metrics whose measurements carry the report
     * @param conditions that they were taken under
     * @param direct whether GPUDirect RDMA is asked for here; {@link TrainingFallback} asks by itself
     */
    static Optional<String> problem(
            LaunchResult launch,
            List<Metric> metrics,
            Map<String, String> conditions,
            Question.Contract contract,
            boolean direct) {
        if (contract.reference() || contract.sharedHost() || contract.nics() == 0) {
            return Optional.empty();
        }
        return of(launch, metrics, conditions).stream()
                .flatMap(node -> node
                        .tooFew(contract)
                        .or(() -> direct && contract.gpuDirect()
                                ? node.notDirect(launch.gpusPerNode(), contract)
                                : Optional.empty())
                        .stream())
                .findFirst();
    }

    /** A report a node that is connected over the network, in their order. */
    private static List<NetworkReport> of(LaunchResult launch, List<Metric> metrics, Map<String, String> conditions) {
        Map<String, List<Said>> byNode = new LinkedHashMap<>();
        for (RankResult rank : launch.ranks()) {
            metrics.stream()
                    .flatMap(metric -> rank.measurements(metric, conditions).stream())
                    .map(measurement -> new Said(rank, measurement))
                    .filter(each -> each.of("over").equals("network")
                            && each.of("transport").contains("NET/"))
                    .forEach(each -> byNode.computeIfAbsent(rank.header().node(), node -> new ArrayList<>())
                            .add(each));
        }
        return byNode.entrySet().stream()
                .map(node -> new NetworkReport(node.getKey(), node.getValue()))
                .toList();
    }

    /** NICs in a bond are one to NCCL; how many links it has sysfs tells, and {@code nic.share} judges it. */
    private Optional<String> tooFew(Question.Contract contract) {
        TreeSet<String> nics = new TreeSet<>();
        said.forEach(each -> nics.addAll(each.nics()));
        boolean uncounted = nics.contains(CROSSED) || nics.stream().anyMatch(nic -> nic.contains("bond"));
        return uncounted || nics.size() >= contract.nics()
                ? Optional.empty()
                : Optional.of(node + ": NCCL found "
                        + (nics.isEmpty() ? "no NIC" : nics.size() + " (" + String.join(", ", nics) + ")")
                        + " where the cluster file has " + contract.nics()
                        + " NICs; look at NCCL_IB_HCA and the RDMA devices in the container");
    }

    /**
     * With a NIC for every GPU all that it sends or receives is direct. With fewer a GPU that is far from all of them may be
     * connected through host memory where NCCL cannot lead it by another; but not all GPUs of a node are far.
     */
    private Optional<String> notDirect(int gpus, Question.Contract contract) {
        List<Said> indirect = said.stream().filter(each -> !each.direct()).toList();
        boolean everyOne = contract.nics() >= gpus;
        return indirect.stream()
                .filter(each -> everyOne || each.ledByNcclToNics() || indirect.size() == said.size())
                .findFirst()
                .map(each -> each.rank().unit() + ": GPUDirect RDMA must carry "
                        + (everyOne || each.ledByNcclToNics()
                                ? "all its connections over the network"
                                : "the connections of some GPU of its node")
                        + ", NCCL reports " + (each.of("gdr").isEmpty() ? "nothing of it" : each.of("gdr"))
                        + "; look at nvidia-peermem or DMA-BUF, NCCL_NET_GDR_LEVEL and the PCIe switches between GPU and"
                        + " NIC");
    }
}
