package dev.assay.worker;

import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Coupled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Data-parallel steps: GEMMs on one stream, all-reduces of the gradients on another, overlapped; then each of the two alone,
 * so that a judge can tell a slow GPU from a slow fabric.
 */
final class CoupledRunner implements Runner {
    /** A handful, whatever it takes. */
    private static final int FEWEST_SAMPLES = 5;

    /** More say nothing more about either part alone. */
    private static final int MOST_ALONE = 200;

    /** Of the measured time, for each part alone. */
    private static final double SHARE_ALONE = 0.1;

    /** Steps are counted beforehand; rather a little more than the declared time than less. */
    private static final double MARGIN = 1.03;

    private final RankContext context;
    private final Coupled coupled;

    CoupledRunner(RankContext context, Coupled coupled) {
        this.context = context;
        this.coupled = coupled;
    }

    @Override
    public boolean isWatchedThroughout() {
        return false;
    }

    @Override
    public void run() throws Exception {
        Owned owned = context.owned();
        context.phase("prepare", 0);
        Stream compute = owned.own(context.device().newStream());
        Telemetry telemetry = owned.own(context.device().newTelemetry());
        GemmWork work = GemmWork.prepare(context, coupled.gemm(), compute, owned);

        context.phase("join", 0);
        CoupledStep step = CoupledStep.join(context, coupled, work, compute, owned);

        context.phase("warm-up", context.spec().warmUpSeconds());
        double stepMillis = warmUp(step);
        long steps = step.agree("measured steps", count(MARGIN * context.spec().measuredSeconds(), stepMillis));
        long alone = Math.min(
                MOST_ALONE,
                step.agree("steps alone", count(SHARE_ALONE * context.spec().measuredSeconds(), stepMillis)));
        Map<String, String> conditions = conditions(work);
        Map<String, String> connected = connected(step, conditions);

        // Steps are counted beforehand; should they slow down to a third, they may still end in time.
        context.phase("measure", 3 * context.spec().measuredSeconds());
        step.fillGradients(0);
        NicWindow nics = NicWindow.open(context);
        context.world().all().barrier("measure");
        telemetry.begin();
        List<Piece> pieces = measure(step, step.whole(owned), steps);
        Telemetry.Window window = telemetry.end();
        nics.close(predictions(pieces.size()));
        writeTimed(Metric.STEP_TIME, pieces, conditions);
        write(Metric.STEP_BYTES, List.of((double) coupled.bytesPerStep()), connected);
        write(Metric.STEP_FLOP, List.of(coupled.flopPerStep()), conditions);
        TelemetryLines.write(context.writer(), window, context.spec().measuredSeconds());
        step.checkSums(0);

        context.phase("alone", context.spec().measuredSeconds());
        context.world().all().barrier("compute alone");
        writeTimed(Metric.COMPUTE_ALONE, alone(step.computeAlone(owned), alone), conditions);
        context.world().all().barrier("communication alone");
        writeTimed(Metric.COMMUNICATION_ALONE, alone(step.communicationAlone(owned), alone), conditions);

        context.phase("check", 0);
        step.fillGradients(1);
        context.group().barrier("verification step");
        step.whole(owned).run(1);
        step.checkSums(1);
        work.verify(1);
        step.checkHealthy();
    }

    /** What the steps send out of a node; nothing where every node is by itself. NCCL takes rings or trees as it likes. */
    private List<NicWindow.Prediction> predictions(int steps) {
        int nodes = context.group().size() / context.spec().gpusPerNode();
        return nodes < 2
                ? List.of()
                : List.of(
                        NicWindow.Prediction.ofEachNode(
                                "ring",
                                steps
                                        * coupled.ringBytesPerNode(
                                                nodes, context.spec().gpusPerNode())),
                        NicWindow.Prediction.onTheMean("tree", steps * coupled.treeBytesPerNode(nodes)));
    }

    /** Returns milliseconds of a warm step, by the root's clock. */
    private double warmUp(CoupledStep step) {
        step.fillGradients(0);
        Pipeline pipeline = step.whole(context.owned());
        double first = fastest(Piece.milliseconds(pipeline.run(3)));
        long warm = step.agree("warm-up steps", count(context.spec().warmUpSeconds(), first));
        List<Double> times = Piece.milliseconds(pipeline.run(warm));
        return median(times.subList(times.size() / 2, times.size()));
    }

    /** Runs a quarter of the steps, then, with steps still queued, agrees anew on how many are left by the rate reached. */
    private List<Piece> measure(CoupledStep step, Pipeline pipeline, long estimate) {
        List<Piece> times = new ArrayList<>();
        try {
            measure(step, pipeline, estimate, times);
            return times;
        } catch (RuntimeException e) {
            if (!times.isEmpty()) {
                write(Metric.STEP_TIME, Piece.milliseconds(times), Map.of("until", "the failure"));
            }
            throw e;
        }
    }

    private void measure(CoupledStep step, Pipeline pipeline, long estimate, List<Piece> times) {
        for (long i = 0; i < Math.max(FEWEST_SAMPLES, estimate / 4); i++) {
            pipeline.next().ifPresent(times::add);
        }
        double spent = times.stream().mapToDouble(Piece::milliseconds).sum();
        double left = MARGIN * 1e3 * context.spec().measuredSeconds() - spent;
        long rest = step.agree(
                "remaining steps",
                Math.round(left / Math.max(median(Piece.milliseconds(times)), 1e-3)) - Pipeline.AHEAD);
        for (long i = 0; i < rest; i++) {
            pipeline.next().ifPresent(times::add);
        }
        times.addAll(pipeline.drain());
    }

    /** As long unmeasured as measured: the SM clock needs a moment to recover from the GEMMs' power limit. */
    private static List<Piece> alone(Pipeline pipeline, long samples) {
        pipeline.run(samples);
        return pipeline.run(samples);
    }

    private Map<String, String> conditions(GemmWork work) {
        Map<String, String> conditions = new HashMap<>(work.conditions());
        conditions.put("buckets", Integer.toString(coupled.buckets()));
        conditions.put("gemmsPerBucket", Integer.toString(coupled.gemmsPerBucket()));
        conditions.put("bucketElements", Long.toString(coupled.bucketElements()));
        conditions.put("ranks", Integer.toString(context.group().size()));
        conditions.put("communicates", Boolean.toString(context.group().size() > 1));
        return Map.copyOf(conditions);
    }

    private void writeTimed(Metric metric, List<Piece> pieces, Map<String, String> conditions) {
        write(metric, Piece.milliseconds(pieces), conditions);
        context.writer().write(Enqueuing.of(metric, pieces, conditions));
    }

    /** How NCCL says it has connected the ranks; where it goes by a word that the GEMMs' have too, theirs stands. */
    private Map<String, String> connected(CoupledStep step, Map<String, String> conditions) {
        Map<String, String> all = new HashMap<>(step.report());
        if (context.group().size() > 1) {
            boolean spans = context.group().size() > context.spec().gpusPerNode();
            all.put("over", spans && !context.spec().loopback() ? "network" : "host");
        }
        all.putAll(conditions);
        return Map.copyOf(all);
    }

    private void write(Metric metric, List<Double> samples, Map<String, String> conditions) {
        context.writer().write(Measurement.of(metric, samples, conditions));
    }

    private static long count(double seconds, double stepMillis) {
        return Math.max(FEWEST_SAMPLES, Math.round(1e3 * seconds / Math.max(stepMillis, 1e-3)));
    }

    private static double fastest(List<Double> times) {
        return times.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    private static double median(List<Double> times) {
        return times.stream().sorted().skip((times.size() - 1) / 2).findFirst().orElseThrow();
    }
}
