package dev.assay.worker;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.plan.PairRounds;
import dev.assay.plan.PairRounds.Pair;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.NodePairRetest.Meeting;
import dev.assay.workload.NodePairRetest.Round;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * Pairs of nodes by a communicator of two, round by round; all ranks go through all rounds together, so that only what
 * the plan says runs at once. A node without a partner in a round waits at its barriers.
 */
final class NodePairRunner implements Runner {
    private static final byte[] NOTHING = new byte[0];

    private final RankContext context;
    private final NodePair nodePair;
    private final List<Round> rounds;
    private final boolean all;
    private final Map<String, String> wiring;

    private NodePairRunner(
            RankContext context, NodePair nodePair, List<Round> rounds, boolean all, Map<String, String> wiring) {
        this.context = context;
        this.nodePair = nodePair;
        this.rounds = rounds;
        this.all = all;
        this.wiring = wiring;
    }

    /** Everybody meets everybody once. */
    static NodePairRunner ofAll(RankContext context, NodePair nodePair) {
        List<List<Pair>> all = PairRounds.all(context.spec().nodes());
        List<Round> rounds = IntStream.range(0, all.size())
                .mapToObj(number -> new Round(number, meetings(all.get(number))))
                .toList();
        return new NodePairRunner(context, nodePair, rounds, true, Map.of());
    }

    /** Whom the driver chose. */
    static NodePairRunner of(RankContext context, NodePairRetest retest) {
        return new NodePairRunner(
                context,
                retest.sizes(),
                retest.rounds(),
                false,
                retest.crossed() ? Map.of("nics", "crossed") : Map.of());
    }

    private static List<Meeting> meetings(List<Pair> pairs) {
        return pairs.stream().map(pair -> new Meeting(pair.a(), pair.b())).toList();
    }

    /**
     * Whom this rank meets.
     *
     * @param opens this rank is the first of the two, and makes the communicator's id
     * @param opener the rank that does
     */
    private record Partner(String node, boolean opens, int opener) {}

    @Override
    public void run() throws Exception {
        if (rounds.isEmpty()) {
            throw new WorkerException("measuring pairs of nodes: "
                    + context.spec().nodes() + " has no pair, expected two nodes or more; start it over more nodes");
        }
        context.phase("prepare", 0);
        Stream stream = context.owned().own(context.device().newStream());
        DeviceMemory send = context.owned().own(context.device().allocate(nodePair.bytes()));
        DeviceMemory receive = context.owned().own(context.device().allocate(nodePair.bytes()));
        PairLink.Buffers buffers = new PairLink.Buffers(stream, send, receive, new LongAdder());
        NicWindow window = NicWindow.open(context);
        context.world().all().barrier("NIC counters before");
        for (int round = 0; round < rounds.size(); round++) {
            context.phase(
                    "round " + (round + 1) + " of " + rounds.size(),
                    context.spec().measuredSeconds());
            meet(rounds.get(round).number(), partner(rounds.get(round).meetings()), buffers);
        }
        context.phase("NIC counters", 0);
        window.close(List.of(prediction(buffers.sent().sum())));
    }

    /** Where everybody meets everybody all nodes send as much. */
    private NicWindow.Prediction prediction(long sent) {
        double node = Told.of(context, "bytes sent", (double) sent).sum()
                / context.spec().nodes().size();
        return all
                ? NicWindow.Prediction.ofEachNode("all-reduces of two", node)
                : NicWindow.Prediction.onTheMean("all-reduces of two", node);
    }

    /** What the round opens is closed with it, unless it fails: then it is left to the end of the process. */
    private void meet(int round, Optional<Partner> partner, PairLink.Buffers buffers) throws Exception {
        boolean opens = partner.map(Partner::opens).orElse(false);
        List<byte[]> ids = context.world()
                .all()
                .allGather(
                        "communicator ids of round " + round,
                        opens ? context.device().newCommunicatorId() : NOTHING);
        Owned owned = new Owned();
        Optional<PairLink> link = partner.map(
                with -> PairLink.join(context, ids.get(with.opener()), with.opens() ? 0 : 1, round, buffers, owned));

        link.ifPresent(pair -> pair.prepare(NodePair.LATENCY_BYTES, nodePair.latencyBatch()));
        context.world().all().barrier("latency of round " + round);
        link.ifPresent(pair -> write(
                Metric.PAIR_LATENCY,
                partner.orElseThrow(),
                round,
                NodePair.LATENCY_BYTES,
                pair.connected(),
                pair.time(NodePair.LATENCY_BYTES, nodePair.latencyBatch(), nodePair.latencySamples()),
                milliseconds -> 1e3 * milliseconds / nodePair.latencyBatch()));

        link.ifPresent(pair -> pair.prepare(nodePair.bytes(), 1));
        context.world().all().barrier("bandwidth of round " + round);
        link.ifPresent(pair -> write(
                Metric.PAIR_BANDWIDTH,
                partner.orElseThrow(),
                round,
                nodePair.bytes(),
                pair.connected(),
                pair.time(nodePair.bytes(), 1, nodePair.samples()),
                milliseconds -> nodePair.bytes() / milliseconds / 1e6));
        owned.close();
    }

    private Optional<Partner> partner(List<Meeting> meetings) {
        int perNode = context.spec().gpusPerNode();
        int rank = context.world().rank();
        String node = context.spec().nodes().get(rank / perNode);
        for (Meeting pair : meetings) {
            if (pair.a().equals(node)) {
                return Optional.of(new Partner(pair.b(), true, rank));
            }
            if (pair.b().equals(node)) {
                int opener = context.spec().nodes().indexOf(pair.a()) * perNode + rank % perNode;
                return Optional.of(new Partner(pair.a(), false, opener));
            }
        }
        return Optional.empty();
    }

    private void write(
            Metric metric,
            Partner partner,
            int round,
            long bytes,
            Map<String, String> connected,
            List<Piece> pieces,
            DoubleUnaryOperator sample) {
        Map<String, String> conditions = new TreeMap<>(connected);
        conditions.putAll(wiring);
        conditions.put("to", partner.node());
        conditions.put("round", Integer.toString(round));
        conditions.put("bytes", Long.toString(bytes));
        conditions.put("over", context.spec().loopback() ? "host" : "network");
        List<Double> samples = pieces.stream()
                .map(piece -> sample.applyAsDouble(piece.milliseconds()))
                .toList();
        context.writer().write(Measurement.of(metric, samples, conditions));
        context.writer().write(Enqueuing.of(metric, pieces, conditions));
    }
}
