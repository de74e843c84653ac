package dev.assay.worker;

import dev.assay.device.Stream;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.plan.FabricPlan;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import dev.assay.workload.Coupled;
import dev.assay.workload.Fabric;
import dev.assay.workload.FabricPattern;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** The patterns of one variant, round by round; all ranks go through all rounds together. */
final class FabricRunner implements Runner {
    /** Than planned, well before the launch is ended from outside. */
    private static final double SECONDS_MORE = 60;

    /** For the timed operations of a round; planned are less than 15 s. */
    private static final double ROUND_MILLIS = 20_000;

    private final RankContext context;
    private final Fabric fabric;
    private final FabricPlaces places;

    FabricRunner(RankContext context, Fabric fabric) {
        this.context = context;
        this.fabric = fabric;
        this.places = new FabricPlaces(
                fabric,
                context.spec().nodes().size(),
                context.spec().gpusPerNode(),
                context.world().rank());
    }

    @Override
    public void run() throws Exception {
        LaunchVariant variant = context.spec().variant();
        List<FabricPattern> patterns = FabricPlan.patterns(fabric, variant);
        int nodes = context.spec().nodes().size();
        int gpus = context.spec().gpusPerNode();
        if (patterns.isEmpty() || patterns.stream().anyMatch(pattern -> !pattern.exists(nodes, fabric.rails()))) {
            throw new WorkerException("loading the fabric, variant " + variant.key() + ": " + nodes + " nodes of "
                    + gpus + " GPUs on " + fabric.rails() + " NICs cannot form all of " + patterns
                    + "; leave out what they cannot form");
        }
        context.phase("prepare", 0);
        FabricWork.Buffers buffers = buffers(patterns);
        long began = System.nanoTime();
        NicWindow window = NicWindow.open(context);
        for (FabricPattern pattern : patterns) {
            for (int round = 0; round < fabric.rounds(pattern, nodes); round++) {
                String name = pattern.key() + " round " + (round + 1) + " of " + fabric.rounds(pattern, nodes);
                context.phase(name, context.spec().measuredSeconds());
                if (outOfTime(name, began)) {
                    continue;
                }
                run(pattern, round, buffers);
            }
        }
        context.phase("NIC counters", 0);
        window.close(predictions(buffers.sent(), patterns));
    }

    /**
     * Where all takes far longer than planned, over sockets say, rounds are left out on all ranks alike: what was measured
     * tells why, which the end of the launch from outside would not.
     */
    private boolean outOfTime(String name, long began) {
        double elapsed = Told.of(context, "time before " + name, (System.nanoTime() - began) / 1e9)
                .highest();
        boolean out = elapsed > context.spec().measuredSeconds() + SECONDS_MORE;
        if (out) {
            LeftOutLine.write(
                    context,
                    name,
                    String.format(
                            Locale.ROOT,
                            "%.1f s were gone, %.1f s is the most: %.1f s as planned and %.0f s more",
                            elapsed,
                            context.spec().measuredSeconds() + SECONDS_MORE,
                            context.spec().measuredSeconds(),
                            SECONDS_MORE));
        }
        return out;
    }

    /** As many as there is time for in a round, one at least. */
    private int samples(String name, Optional<FabricWork> work) {
        double mine = work.map(each -> each.pieces(0, 1).get(0).milliseconds()).orElse(0.0);
        double slowest = Math.max(1e-3, Told.of(context, "one of " + name, mine).highest());
        double fit = ROUND_MILLIS / slowest - fabric.warmUp();
        return (int) Math.max(1, Math.min(fabric.samples(), fit));
    }

    private FabricWork.Buffers buffers(List<FabricPattern> patterns) {
        long bytes = patterns.contains(FabricPattern.ALL_REDUCE)
                ? Math.max(fabric.bytes(), fabric.allReduceBytes())
                : fabric.bytes();
        Stream stream = context.owned().own(context.device().newStream());
        return new FabricWork.Buffers(
                stream,
                context.owned().own(context.device().allocate(bytes)),
                context.owned().own(context.device().allocate(bytes)),
                new FabricWork.Sent());
    }

    private void run(FabricPattern pattern, int round, FabricWork.Buffers buffers) throws Exception {
        switch (pattern) {
            case BISECTION, CROSS_RAIL ->
                round(pattern, round, places.pair(pattern, round), CollectiveOperation.SEND_RECEIVE, buffers);
            case INCAST -> round(pattern, round, places.incast(round), CollectiveOperation.GATHER, buffers);
            case VICTIM -> new FabricVictims(context, fabric, places, buffers).run(round);
            case ALL_REDUCE -> round(pattern, round, places.all(), CollectiveOperation.ALL_REDUCE, buffers);
        }
    }

    /** What the round opens is closed with it, unless it fails: then it is left to the end of the process. */
    private void round(
            FabricPattern pattern,
            int round,
            List<Integer> members,
            CollectiveOperation operation,
            FabricWork.Buffers buffers)
            throws Exception {
        String name = pattern.key() + " round " + round;
        long bytes = pattern == FabricPattern.ALL_REDUCE ? fabric.allReduceBytes() : fabric.bytes();
        Owned owned = new Owned();
        Optional<FabricWork> work = FabricTeam.join(context, name, members, owned)
                .map(team -> new FabricWork(context, team, buffers, operation, bytes, name, owned));
        work.ifPresent(FabricWork::connect);
        int samples = samples(name, work);
        context.world().all().barrier(name);
        List<Piece> pieces =
                work.map(each -> each.pieces(fabric.warmUp(), samples)).orElse(List.of());
        List<Double> times = Piece.milliseconds(pieces);
        List<Double> slowest = pattern == FabricPattern.ALL_REDUCE ? slowest(times) : times;
        work.ifPresent(each -> write(pattern, round, bytes, members, each, slowest, pieces));
        work.ifPresent(each -> each.check(pattern.key()));
        owned.close();
    }

    /** An all-reduce is done when its slowest rank is. */
    private List<Double> slowest(List<Double> times) {
        return Circle.of(CollectiveScope.CLUSTER, context.world(), context.spec())
                .agree(times, 0)
                .slowest();
    }

    private void write(
            FabricPattern pattern,
            int round,
            long bytes,
            List<Integer> members,
            FabricWork work,
            List<Double> milliseconds,
            List<Piece> pieces) {
        boolean reduces = pattern == FabricPattern.ALL_REDUCE;
        boolean receives = pattern != FabricPattern.INCAST
                || members.get(0) == context.world().rank();
        if (receives) {
            Map<String, String> conditions = conditions(context, pattern, round, bytes, work);
            if (pattern == FabricPattern.BISECTION || pattern == FabricPattern.CROSS_RAIL) {
                conditions.put("to", places.other(members, context.spec().nodes()));
                conditions.put("rails", places.rails(members));
            }
            ToDoubleFunction<Double> rate = reduces ? work::busGBps : work::gigabytesPerSecond;
            Metric metric = reduces ? Metric.FABRIC_BUSBW : Metric.FABRIC_BANDWIDTH;
            List<Double> rates = milliseconds.stream().map(rate::applyAsDouble).toList();
            context.writer().write(Measurement.of(metric, rates, conditions));
            context.writer().write(Enqueuing.of(metric, pieces, conditions));
        }
    }

    /** What every measurement of the family was taken under, with the library's own report. */
    static Map<String, String> conditions(
            RankContext context, FabricPattern pattern, int round, long bytes, FabricWork work) {
        Map<String, String> conditions = new TreeMap<>(work.report());
        conditions.put("variant", context.spec().variant().key());
        conditions.put("pattern", pattern.key());
        conditions.put("round", Integer.toString(round));
        conditions.put("bytes", Long.toString(bytes));
        conditions.put("over", context.spec().loopback() ? "host" : "network");
        return conditions;
    }

    /**
     * What left a node on the mean of all: exchanges as they are, an all-reduce by rings or by trees. By NICs alone it is not
     * known whether a port counts what it hands back to its own node, so nothing is predicted.
     */
    private List<NicWindow.Prediction> predictions(FabricWork.Sent sent, List<FabricPattern> patterns) {
        int nodes = context.spec().nodes().size();
        double exchanged = Told.of(context, "bytes sent", sent.exchanged()).sum() / nodes;
        if (context.spec().variant() == LaunchVariant.NIC_ONLY) {
            return List.of();
        }
        if (!patterns.contains(FabricPattern.ALL_REDUCE)) {
            return List.of(NicWindow.Prediction.onTheMean("exchange", exchanged));
        }
        double ring =
                exchanged + sent.allReduced() * Coupled.busFactor(context.spec().worldSize());
        double tree = exchanged + sent.allReduced() * Coupled.busFactor(nodes);
        NicWindow.Prediction rings = NicWindow.Prediction.onTheMean("exchange, ring", ring);
        return context.spec().variant() == LaunchVariant.RING
                ? List.of(rings)
                : List.of(rings, NicWindow.Prediction.onTheMean("exchange, tree", tree));
    }
}
