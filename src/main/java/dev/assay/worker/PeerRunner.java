package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.device.Device;
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

    /** Every rank has both, whatever its links are: a rank that lacks one has not checked. */
    private static final String CHECK_READ = "peer.read";

    private static final String CHECK_WRITTEN = "peer.written";

    private final RankContext context;
    private final Peer peer;
    private final Group node;
    /** What was found, written when all pairs are done: each line goes to the disk, and all other ranks would wait for it. */
    private final List<Runnable> found = new ArrayList<>();

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
        List<PeerLink> links = PeerLinks.open(node, access, mine.offer(), PeerBuffers.sharedBytes(peer));
        links.stream().filter(link -> !link.direct()).forEach(link -> mine.fillStaged(link.memory()));
        node.barrier("all peers are open");
        mine.withdraw();

        context.phase("measure", context.spec().measuredSeconds());
        try {
            for (int a = 0; a < node.size(); a++) {
                for (int b = a + 1; b < node.size(); b++) {
                    pair(a, b, mine, links);
                }
            }
        } finally {
            found.forEach(Runnable::run);
        }
        links.forEach(link -> link.memory().close());
        node.barrier("all peers are closed");
    }

    /** All ranks of the node come by here; those that are not of the pair wait. */
    private void pair(int a, int b, PeerBuffers mine, List<PeerLink> links) {
        Optional<PeerLink> link = links.stream()
                .filter(each -> (node.rank() == a && each.other() == b) || (node.rank() == b && each.other() == a))
                .findFirst();
        String pair = "pair " + a + " " + b;
        link.ifPresent(mine::poison);
        node.barrier(pair);
        for (int driver : List.of(a, b)) {
            link.filter(taking -> node.rank() == driver).ifPresent(driven -> oneWay(mine, driven));
            node.barrier(pair + " driven by " + driver);
        }
        link.ifPresent(taking -> {
            checkRead(mine, taking);
            checkWritten(mine, taking);
            mine.poison(taking);
        });
        for (PeerMethod method : PeerMethod.values()) {
            bothWays(pair, method, mine, link.filter(taking -> taking.methods().contains(method)));
        }
        link.ifPresent(taking -> checkWritten(mine, taking));
        node.barrier(pair + " checked");
    }

    /** Each end writes into the other's memory at the same time, warm before and on after the samples that count. */
    private void bothWays(String pair, PeerMethod method, PeerBuffers mine, Optional<PeerLink> link) {
        node.barrier(pair + " both " + method.key());
        List<Piece> pieces =
                link.map(taking -> mine.write(method, taking.memory())).orElse(List.of());
        List<Double> rates = mine.gigabytesPerSecond(pieces);
        List<byte[]> all = node.allGather(pair + " rates " + method.key(), bytes(rates));
        link.ifPresent(taking -> bandwidth(
                conditions(taking, method, WRITE, "both"), pieces, sum(rates, doubles(all.get(taking.other())))));
    }

    private void oneWay(PeerBuffers mine, PeerLink link) {
        for (PeerMethod method : link.methods()) {
            oneWay(mine, link, method, WRITE, mine.write(method, link.memory()));
            oneWay(mine, link, method, READ, mine.read(method, link.memory()));
        }
        if (link.direct()) {
            PeerBuffers.Chase chase = mine.chase(link.memory());
            Map<String, String> conditions = conditions(link, Map.of());
            write(Measurement.of(Metric.PEER_LATENCY, chase.nanoseconds(), conditions));
            write(Enqueuing.of(Metric.PEER_LATENCY, chase.pieces(), conditions));
            check(CHECK_READ, 1, chase.right() ? 0 : 1, "the line that a chase through " + link.name() + " reached");
        }
    }

    private void oneWay(PeerBuffers mine, PeerLink link, PeerMethod method, String access, List<Piece> pieces) {
        bandwidth(conditions(link, method, access, "one"), pieces, mine.gigabytesPerSecond(pieces));
    }

    private void write(Measurement measurement) {
        found.add(() -> context.writer().write(measurement));
    }

    /** @param pieces of this rank; both ways the rates hold the other's as well */
    private void bandwidth(Map<String, String> conditions, List<Piece> pieces, List<Double> rates) {
        write(Measurement.of(Metric.PEER_BANDWIDTH, rates, conditions));
        write(Enqueuing.of(Metric.PEER_BANDWIDTH, pieces, conditions));
    }

    private Map<String, String> conditions(PeerLink link, PeerMethod method, String access, String direction) {
        return conditions(
                link,
                Map.of(
                        "method",
                        method.key(),
                        "access",
                        access,
                        "direction",
                        direction,
                        "bytes",
                        Long.toString(peer.bytes())));
    }

    private Map<String, String> conditions(PeerLink link, Map<String, String> more) {
        Map<String, String> conditions = new LinkedHashMap<>(link.path());
        conditions.putAll(more);
        conditions.put("to", link.name());
        return conditions;
    }

    /** What the other wrote here; of a pair through the host what this rank wrote there, read back. */
    private void checkWritten(PeerBuffers mine, PeerLink link) {
        for (PeerMethod method : link.methods()) {
            long wrong = link.direct()
                    ? mine.countWrongArrived(method, seed(link.other()))
                    : mine.countWrongStaged(link.memory(), seed(node.rank()));
            check(
                    CHECK_WRITTEN,
                    peer.bytes() / Float.BYTES,
                    wrong,
                    link.direct()
                            ? "what " + link.name() + " wrote here by " + method.key()
                            : "what was written to " + link.name() + " through the host, read back");
        }
    }

    private void checkRead(PeerBuffers mine, PeerLink link) {
        for (PeerMethod method : link.methods()) {
            long wrong = mine.countWrongRead(method, seed(link.direct() ? link.other() : node.rank()));
            check(
                    CHECK_READ,
                    peer.bytes() / Float.BYTES,
                    wrong,
                    "what was read from " + link.name() + " by " + method.key());
        }
    }

    private void check(String name, long checked, long wrong, String detail) {
        Check check = new Check(name, checked, wrong, wrong == 0 ? 0 : Double.MAX_VALUE, detail);
        found.add(() -> context.writer().write(check));
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
