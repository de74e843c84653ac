package dev.assay.worker;

import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmSweep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Each GEMM by itself: memory, algorithm, cold digest, time, hot digests and checks; then its memory is given back. */
final class GemmSweepRunner implements Runner {
    static final String MODE = "mode";

    /** Outputs that are compared bit for bit with the first one after the timing. */
    private static final int OUTPUTS = 4;

    /** Of a burst, GEMMs before the first timed one: the pipeline fills. */
    static final int LEAD_IN = 3;

    private final RankContext context;
    private final GemmSweep sweep;

    GemmSweepRunner(RankContext context, GemmSweep sweep) {
        this.context = context;
        this.sweep = sweep;
    }

    @Override
    public boolean isWatchedThroughout() {
        return false;
    }

    @Override
    public void run() throws Exception {
        context.phase("prepare", 0);
        Stream stream = context.owned().own(context.device().newStream());
        context.world().all().barrier("measure");

        context.phase("measure", context.spec().measuredSeconds());
        for (Gemm gemm : sweep.burst()) {
            burst(gemm, stream);
        }
        new GemmFinding(context, sweep, stream).run();
        for (Gemm gemm : sweep.sustained()) {
            sustained(gemm, stream);
        }
    }

    private void burst(Gemm gemm, Stream stream) throws Exception {
        Owned owned = new Owned();
        GemmWork work = GemmWork.prepare(context, gemm, gemm.label(), AlgorithmChoice.Load.BURST, stream, owned);
        context.world().all().barrier("burst");
        rest(sweep);
        Pipeline pipeline = new Pipeline(context.device(), owned, stream, work::enqueue, () -> {}, context.within(0));
        List<Piece> pieces = pipeline.run((long) LEAD_IN + sweep.samples());
        Map<String, String> conditions = conditions(work, "burst");
        write(work, 1, pieces.subList(LEAD_IN, pieces.size()), conditions);
        write(Metric.GEMM_COMPARED, work, 1, work.verify(OUTPUTS), conditions);
        owned.close();
    }

    private void sustained(Gemm gemm, Stream stream) throws Exception {
        Owned owned = new Owned();
        GemmWork work = GemmWork.prepare(
                context, gemm, gemm.label() + " sustained", AlgorithmChoice.Load.LASTING, stream, owned);
        Telemetry telemetry = owned.own(context.device().newTelemetry());
        Runnable batch = () -> {
            for (int i = 0; i < sweep.batch(); i++) {
                work.enqueue();
            }
        };
        Pipeline pipeline = new Pipeline(context.device(), owned, stream, batch, () -> {}, context.within(0));
        WatchedLoad load = new WatchedLoad(pipeline);
        Map<String, String> conditions = conditions(work, "sustained");
        context.phase("heat", sweep.mostHeatSeconds());
        if (sweep.toPlateau()) {
            new Plateau(sweep)
                    .heat(seconds -> load.watch(telemetry, seconds).window(), this::onAll)
                    .ifPresent(rise ->
                            context.writer().write(Measurement.of(Metric.TEMPERATURE_RISE, List.of(rise), conditions)));
        } else {
            load.runFor(sweep.heatSeconds());
            pipeline.drain();
        }
        context.world().all().barrier("sustained");

        context.phase("sustained", sweep.sustainedSeconds());
        WatchedLoad.Watched watched = load.watch(telemetry, sweep.sustainedSeconds());
        write(work, sweep.batch(), watched.batches(), conditions);
        TelemetryLines.write(context.writer(), watched.window(), sweep.sustainedSeconds(), conditions);
        write(Metric.GEMM_COMPARED, work, 1, work.verify(OUTPUTS), conditions);
        owned.close();
    }

    private boolean onAll(boolean mine) {
        return context.world().all().allGather("heated", new byte[] {(byte) (mine ? 1 : 0)}).stream()
                .allMatch(theirs -> theirs[0] == 1);
    }

    private void write(GemmWork work, int gemms, List<Piece> pieces, Map<String, String> conditions) {
        write(Metric.GEMM_TFLOPS, work, gemms, Piece.milliseconds(pieces), conditions);
        context.writer().write(Enqueuing.of(Metric.GEMM_TFLOPS, pieces, conditions));
    }

    private void write(Metric metric, GemmWork work, int gemms, List<Double> times, Map<String, String> conditions) {
        List<Double> tflops = times.stream()
                .map(milliseconds -> work.tflops(gemms, milliseconds))
                .toList();
        context.writer().write(Measurement.of(metric, tflops, conditions));
    }

    static Map<String, String> conditions(GemmWork work, String mode) {
        Map<String, String> conditions = new HashMap<>(work.conditions());
        conditions.put(MODE, mode);
        return conditions;
    }

    /** Bursts stay below the power limit only where the GPU rested. */
    static void rest(GemmSweep sweep) throws InterruptedException {
        Thread.sleep(Math.round(1e3 * sweep.pauseSeconds()));
    }
}
