package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.training.Collective;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepSetup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a step sends over its communicators, by the plan's list, and how NCCL says it has connected them. */
final class SftTraffic {
    private final RankContext context;
    private final StepSetup setup;
    private final List<Communicator> joined = new ArrayList<>();

    SftTraffic(RankContext context, StepSetup setup) {
        this.context = context;
        this.setup = setup;
    }

    /** Every communicator that the trainer makes, in order. */
    void joined(Communicator communicator) {
        joined.add(communicator);
    }

    /** Handed to the collectives of one step. */
    double bytes() {
        return StepCollectives.of(setup, gpus()).stream()
                .mapToLong(Collective::bytes)
                .sum();
    }

    /** Of them on the bus. */
    double busBytes() {
        return StepCollectives.busBytes(setup, gpus());
    }

    /** What so many steps send out of a node; nothing where every node is by itself. NCCL takes rings or trees as it likes. */
    List<NicWindow.Prediction> predictions(int steps) {
        int perNode = context.spec().gpusPerNode();
        int nodes = gpus() / perNode;
        if (nodes < 2) {
            return List.of();
        }
        double ring = steps * StepCollectives.ringBytesPerNode(setup, nodes, perNode);
        double tree = steps * StepCollectives.treeBytesPerNode(setup, nodes, perNode);
        boolean chains =
                StepCollectives.of(setup, gpus()).stream().anyMatch(each -> each.kind() == Collective.Kind.REDUCE);
        return List.of(
                chains ? NicWindow.Prediction.onTheMean("ring", ring) : NicWindow.Prediction.ofEachNode("ring", ring),
                NicWindow.Prediction.onTheMean("tree", tree));
    }

    /**
     * Over what this rank's communicators go, as conditions of a measurement. The first tells of all that were made after it too,
     * for NCCL's log is the process's. Collective.
     */
    Map<String, String> connection(String bootId) throws Exception {
        long hosts = context.group().allGather("hosts", bootId.getBytes(StandardCharsets.UTF_8)).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .distinct()
                .count();
        Map<String, String> words = new TreeMap<>();
        if (gpus() > 1) {
            words.put("over", hosts == 1 ? "host" : "network");
        }
        joined.stream().limit(1).forEach(communicator -> words.putAll(communicator.report()));
        return words;
    }

    private int gpus() {
        return context.group().size();
    }
}
