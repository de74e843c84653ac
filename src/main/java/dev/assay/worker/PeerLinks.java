package dev.assay.worker;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.PeerAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens the memory of all other ranks of a node. A pair of which one end cannot open the other's is served through the host:
 * both ends then take memory of their own on the other's device, so that at least the driver's copies can be measured.
 */
final class PeerLinks {
    private final Group node;
    private final PeerAccess access;
    private final long bytes;
    private final List<byte[]> addresses;
    private final Map<Integer, DeviceMemory> opened = new HashMap<>();
    private final Map<Integer, String> refusals = new HashMap<>();

    private PeerLinks(Group node, PeerAccess access, long bytes) {
        this.node = node;
        this.access = access;
        this.bytes = bytes;
        addresses = node.allGather("peer addresses", access.address());
    }

    /** Collective over the node; the others' offers are open when it returns. */
    static List<PeerLink> open(Group node, PeerAccess access, byte[] offer, long bytes) {
        PeerLinks links = new PeerLinks(node, access, bytes);
        List<byte[]> offers = node.allGather("peer memory", offer);
        for (int other = 0; other < node.size(); other++) {
            if (other != node.rank()) {
                links.open(other, offers.get(other));
            }
        }
        List<byte[]> reached = node.allGather("peers that are open", links.reached());
        List<PeerLink> all = new ArrayList<>();
        for (int other = 0; other < node.size(); other++) {
            if (other != node.rank()) {
                all.add(links.link(other, reached.get(other)[node.rank()] == 1));
            }
        }
        return all;
    }

    private void open(int other, byte[] offer) {
        try {
            opened.put(other, access.open(offer, bytes));
        } catch (DeviceException e) {
            refusals.put(other, String.valueOf(e.getMessage()));
        }
    }

    private byte[] reached() {
        byte[] flags = new byte[node.size()];
        opened.keySet().forEach(other -> flags[other] = 1);
        return flags;
    }

    private PeerLink link(int other, boolean reachesMe) {
        Map<String, String> path = new LinkedHashMap<>(access.path(addresses.get(other)));
        Optional<DeviceMemory> memory = Optional.ofNullable(opened.get(other));
        if (memory.isPresent() && reachesMe) {
            return new PeerLink(other, memory.get(), true, path);
        }
        memory.ifPresent(DeviceMemory::close);
        String reason = refusals.getOrDefault(other, "the other end could not open this one's memory");
        path.merge("p2p", reason, (told, refusal) -> told + "; " + refusal);
        path.put("via", "host");
        try {
            return new PeerLink(other, access.stage(addresses.get(other), bytes), false, path);
        } catch (DeviceException e) {
            throw new WorkerException(
                    "reaching " + PeerLink.name(other) + " from " + PeerLink.name(node.rank()) + ": neither directly ("
                            + reason + ") nor through the host (" + e.getMessage() + "); between them: " + path,
                    e);
        }
    }
}
