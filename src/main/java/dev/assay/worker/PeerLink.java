package dev.assay.worker;

import dev.assay.device.DeviceMemory;
import dev.assay.workload.PeerMethod;
import java.util.List;
import java.util.Map;

/**
 * One end of a link, the other being this rank.
 *
 * @param other by rank of the node
 * @param memory on the other's device: the other's own, opened here; or taken by this rank, where it could not be opened
 * @param direct whether it is the other's own
 * @param path conditions that say what lies between
 */
record PeerLink(int other, DeviceMemory memory, boolean direct, Map<String, String> path) {
    /** SMs reach memory directly or not at all. */
    List<PeerMethod> methods() {
        return direct ? List.of(PeerMethod.values()) : List.of(PeerMethod.CE);
    }

    /** As results name the GPUs of a node. */
    String name() {
        return name(other);
    }

    static String name(int localRank) {
        return "GPU " + localRank;
    }
}
