package dev.assay.worker;

import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Burn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

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

        context.phase("warm-up", context.spec().warmUpSeconds());
        runFor(pipeline, context.spec().warmUpSeconds());
        pipeline.drain();
        NicWindow nics = NicWindow.open(context);
        context.world().all().barrier("measure");

        context.phase("measure", context.spec().measuredSeconds());
        measure(pipeline, telemetry, work);
        nics.close(List.of());

        context.phase("check", 0);
        work.verify();
    }

    private void measure(Pipeline pipeline, Telemetry telemetry, GemmWork work) throws Exception {
        runFor(pipeline, 0);
        underLoad(pipeline, () -> {
            telemetry.begin();
            return true;
        });
        List<Double> batches = runFor(pipeline, context.spec().measuredSeconds());
        Telemetry.Window window = underLoad(pipeline, telemetry::end);
        pipeline.drain();

        Map<String, String> conditions = new HashMap<>(work.conditions());
        conditions.put("batch", Integer.toString(burn.batch()));
        List<Double> tflops = batches.stream()
                .map(milliseconds -> burn.flopPerBatch() / (milliseconds / 1e3) / 1e12)
                .toList();
        context.writer().write(Measurement.of(Metric.GEMM_TFLOPS, tflops, conditions));
        TelemetryLines.write(context.writer(), window, context.spec().measuredSeconds());
    }

    /** Runs until batches that were enqueued after this call have taken so long by the device's clock; their milliseconds. */
    private static List<Double> runFor(Pipeline pipeline, double seconds) {
        long before = pipeline.enqueued();
        List<Double> batches = new ArrayList<>();
        for (double sum = 0; batches.isEmpty() || sum < 1e3 * seconds; ) {
            OptionalDouble batch = pipeline.next();
            if (batch.isPresent() && pipeline.completed() > before) {
                batches.add(batch.getAsDouble());
                sum += batch.getAsDouble();
            }
        }
        return batches;
    }

    /** Makes a call that takes its time while batches go on. */
    private static <T> T underLoad(Pipeline pipeline, Callable<T> call) throws Exception {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "telemetry call");
        thread.setDaemon(true);
        thread.start();
        while (!task.isDone()) {
            pipeline.next();
        }
        return task.get();
    }
}
