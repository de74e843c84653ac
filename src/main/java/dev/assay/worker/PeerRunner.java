package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.PeerAccess;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Peer;
import dev.assay.workload.PeerMethod;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The links between the GPUs of a node. Pairs run one at a time, all other ranks wait. Of a pair, first the one drives all
 * that goes one way, then the other; then both write at once. What a rank wrote into the other's memory the owner compares
 * whole, what it read it compares itself.
 */
final class PeerRunner implements Runner {
    private static final String WRITE = "write";
    private static final String READ = "read";

    private final RankContext context;
    private final Peer peer;
    private final Group node;

    PeerRunner(RankContext context, Peer peer) {
        this.context = context;
        this.peer = peer;
        int perNode = context.spec().gpusPerNode();
        node = new Group(context.world(), context.world().rank() / perNode * perNode, perNode);
    }

    @Override
    public void run() throws Exception {
        context.phase("prepare", 0);
        Device device = context.device();
        PeerAccess access = device.peerAccess();
        PeerBuffers mine = new PeerBuffers(
                device, access, peer, context.owned().own(device.newStream()), context.owned(), context.within(0));
        mine.fill(seed(node.rank()));
        List<byte[]> addresses = node.allGather("peer addresses", access.address());
        List<byte[]> offers = node.allGather("peer memory", mine.offer());
        List<Link> links = new ArrayList<>();
        for (int other = 0; other < node.size(); other++) {
            if (other != node.rank()) {
                Map<String, String> path = access.path(addresses.get(other));
                links.add(new Link(other, open(access, offers.get(other), other, path), path));
            }
        }
        node.barrier("all peers are open");
        mine.withdraw();

        context.phase("measure", context.spec().measuredSeconds());
        for (int a = 0; a < node.size(); a++) {
            for (int b = a + 1; b < node.size(); b++) {
                pair(a, b, mine, links);
            }
        }
        links.forEach(link -> link.memory().close());
        node.barrier("all peers are closed");
    }

    /**
     * One end of a link, the other being this rank.
     *
     * @param other by rank of the node
     * @param memory the other's, opened here
     * @param path conditions that say what lies between
     */
    private record Link(int other, DeviceMemory memory, Map<String, String> path) {}

    private DeviceMemory open(PeerAccess access, byte[] offer, int other, Map<String, String> path) {
        try {
            return access.open(offer, PeerBuffers.sharedBytes(peer));
        } catch (DeviceException e) {
            throw new WorkerException(
                    "opening the memory of " + name(other) + " from " + name(node.rank()) + " of "
                            + context.spec().nodes().get(context.world().rank() / node.size()) + ": " + e.getMessage()
                            + "; between them: " + path,
                    e);
        }
    }

    /** All ranks of the node come by here; those that are not of the pair wait. */
    private void pair(int a, int b, PeerBuffers mine, List<Link> links) {
        Optional<Link> link = links.stream()
                .filter(each -> (node.rank() == a && each.other() == b) || (node.rank() == b && each.other() == a))
                .findFirst();
        String pair = "pair " + a + " " + b;
        link.ifPresent(taking -> mine.poison());
        node.barrier(pair);
        for (int driver : List.of(a, b)) {
            link.filter(taking -> node.rank() == driver).ifPresent(driven -> oneWay(mine, driven));
            node.barrier(pair + " driven by " + driver);
        }
        link.ifPresent(taking -> {
            checkArrived(mine, taking.other());
            checkRead(mine, taking.other());
            mine.poison();
        });
        for (PeerMethod method : PeerMethod.values()) {
            bothWays(pair, method, mine, link);
        }
        link.ifPresent(taking -> checkArrived(mine, taking.other()));
        node.barrier(pair + " checked");
    }

    /** Each end writes into the other's memory at the same time, warm before and on after the samples that count. */
    private void bothWays(String pair, PeerMethod method, PeerBuffers mine, Optional<Link> link) {
        node.barrier(pair + " both " + method.key());
        List<Double> rates =
                link.map(taking -> mine.write(method, taking.memory())).orElse(List.of());
        List<byte[]> all = node.allGather(pair + " rates " + method.key(), bytes(rates));
        link.ifPresent(taking ->
                bandwidth(taking, method, WRITE, "both", sum(rates, doubles(all.get(taking.other())))));
    }

    private void oneWay(PeerBuffers mine, Link link) {
        DeviceMemory theirs = link.memory();
        for (PeerMethod method : PeerMethod.values()) {
            bandwidth(link, method, WRITE, "one", mine.write(method, theirs));
            bandwidth(link, method, READ, "one", mine.read(method, theirs));
        }
        PeerBuffers.Chase chase = mine.chase(theirs);
        context.writer().write(Measurement.of(Metric.PEER_LATENCY, chase.nanoseconds(), conditions(link, Map.of())));
        check("peer.chase", 1, chase.right() ? 0 : 1, "the line of " + name(link.other()) + " reached");
    }

    private void bandwidth(Link link, PeerMethod method, String access, String direction, List<Double> rates) {
        context.writer()
                .write(Measurement.of(
                        Metric.PEER_BANDWIDTH,
                        rates,
                        conditions(
                                link,
                                Map.of(
                                        "method",
                                        method.key(),
                                        "access",
                                        access,
                                        "direction",
                                        direction,
                                        "bytes",
                                        Long.toString(peer.bytes())))));
    }

    private Map<String, String> conditions(Link link, Map<String, String> more) {
        Map<String, String> conditions = new LinkedHashMap<>(link.path());
        conditions.putAll(more);
        conditions.put("to", name(link.other()));
        return conditions;
    }

    private void checkArrived(PeerBuffers mine, int other) {
        for (PeerMethod method : PeerMethod.values()) {
            long wrong = mine.countWrongArrived(method, seed(other));
            check("peer." + method.key(), peer.bytes() / Float.BYTES, wrong, "what " + name(other) + " wrote here");
        }
    }

    private void checkRead(PeerBuffers mine, int other) {
        for (PeerMethod method : PeerMethod.values()) {
            long wrong = mine.countWrongRead(method, seed(other));
            check("peer." + method.key(), peer.bytes() / Float.BYTES, wrong, "what was read from " + name(other));
        }
    }

    private void check(String name, long checked, long wrong, String detail) {
        context.writer().write(new Check(name, checked, wrong, wrong == 0 ? 0 : Double.MAX_VALUE, detail));
    }

    /** As results name the GPUs of a node. */
    private static String name(int localRank) {
        return "GPU " + localRank;
    }

    private long seed(int rank) {
        return Counter.hash(context.spec().seed(), 96 + rank);
    }

    /** Both ways together, sample by sample. */
    private static List<Double> sum(List<Double> mine, List<Double> theirs) {
        List<Double> sums = new ArrayList<>();
        for (int i = 0; i < mine.size(); i++) {
            sums.add(mine.get(i) + theirs.get(i));
        }
        return sums;
    }

    private static byte[] bytes(List<Double> values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.size() * Double.BYTES);
        values.forEach(buffer::putDouble);
        return buffer.array();
    }

    private static List<Double> doubles(byte[] bytes) {
        List<Double> values = new ArrayList<>();
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
            values.add(buffer.getDouble());
        }
        return values;
    }
}
