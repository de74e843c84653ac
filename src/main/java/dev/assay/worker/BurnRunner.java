package dev.assay.worker;

import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Burn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * GEMMs back to back, watched. The telemetry window opens and closes while GEMMs are queued on the device, so it is load and
 * nothing else; the timed batches are those that lie wholly inside it.
 */
final class BurnRunner implements Runner {
    private final RankContext context;
    private final Burn burn;

    BurnRunner(RankContext context, Burn burn) {
        this.context = context;
        this.burn = burn;
    }

    @Override
    public boolean isWatchedThroughout() {
        return false;
    }

    @Override
    public void run() throws Exception {
        Owned owned = context.owned();
        context.phase("prepare", 0);
        Stream stream = owned.own(context.device().newStream());
        Telemetry telemetry = owned.own(context.device().newTelemetry());
        GemmWork work = GemmWork.prepare(context, burn.gemm(), stream, owned);
        Runnable batch = () -> {
            for (int i = 0; i < burn.batch(); i++) {
                work.enqueue();
            }
        };
        Pipeline pipeline = new Pipeline(context.device(), owned, stream, batch, () -> {}, context.within(0));

        WatchedLoad load = new WatchedLoad(pipeline);

        context.phase("warm-up", context.spec().warmUpSeconds());
        load.runFor(context.spec().warmUpSeconds());
        pipeline.drain();
        NicWindow nics = NicWindow.open(context);
        context.world().all().barrier("measure");

        context.phase("measure", context.spec().measuredSeconds());
        measure(load, telemetry, work);
        nics.close(List.of());

        context.phase("check", 0);
        work.verify(1);
    }

    private void measure(WatchedLoad load, Telemetry telemetry, GemmWork work) throws Exception {
        WatchedLoad.Watched watched = load.watch(telemetry, context.spec().measuredSeconds());
        Map<String, String> conditions = new HashMap<>(work.conditions());
        conditions.put("batch", Integer.toString(burn.batch()));
        List<Double> tflops = watched.batches().stream()
                .map(piece -> burn.flopPerBatch() / (piece.milliseconds() / 1e3) / 1e12)
                .toList();
        context.writer().write(Measurement.of(Metric.GEMM_TFLOPS, tflops, conditions));
        context.writer().write(Enqueuing.of(Metric.GEMM_TFLOPS, watched.batches(), conditions));
        TelemetryLines.write(context.writer(), watched.window(), context.spec().measuredSeconds());
    }
}
