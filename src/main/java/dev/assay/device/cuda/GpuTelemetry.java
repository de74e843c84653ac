package dev.assay.device.cuda;

import dev.assay.device.Telemetry;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watches one GPU through NVML, five times a second, in a daemon thread of its own.
 *
 * <p>What the sources mean:
 * <ul>
 *   <li><b>GPM</b> (GPU performance monitoring, Hopper and newer) counts in hardware, all the time, for all processes; the
 *       driver refreshes the counters every 100 ms, so a sample may be that old, and NVML gives the mean between two
 *       samples. SM activity is the share of SM cycles with at least one resident warp, averaged over all SMs: a kernel on
 *       one of 132 SMs reads 0.8 %. It is the utilisation that Assay judges, and it says nothing of how much a busy SM gets
 *       done: tensor activity, DRAM activity and the achieved TFLOPS do. Where GPM is refused there is no SM activity, only
 *       the reason.
 *   <li><b>nvidia-smi's utilisation</b> ({@code nvmlDeviceGetUtilizationRates}) is the share of the last sample period, a
 *       sixth of a second to a second, in which any kernel was resident. One thread in an endless loop, or a collective that
 *       waits for a dead peer, reads 100 %. It is shown, never judged.
 *   <li><b>Power</b> is NVML's average over the last second, so the first second of a window still sees what was before;
 *       the energy counter has no such memory. <b>Clock</b>, <b>temperature</b> and <b>throttle reasons</b> are of the moment
 *       of the tick; a share of ticks is an estimate of a share of time.
 * </ul>
 */
final class GpuTelemetry implements Telemetry {
    private final GpuCounters counters;
    private Optional<Running> running = Optional.empty();

    GpuTelemetry(NvmlGpu gpu) {
        this(new NvmlCounters(gpu));
    }

    GpuTelemetry(GpuCounters counters) {
        this.counters = counters;
    }

    @Override
    public void begin() {
        if (running.isPresent()) {
            throw new IllegalStateException("telemetry must not begin a window inside a window");
        }
        running = Optional.of(new Running(GpuWatch.begin(counters, System::nanoTime)));
    }

    @Override
    public Window end() {
        Running ending = running.orElseThrow(() -> new IllegalStateException("telemetry must begin before it ends"));
        running = Optional.empty();
        ending.stop();
        return ending.watch.end();
    }

    @Override
    public void close() {
        Optional<Running> abandoned = running;
        running = Optional.empty();
        try {
            abandoned.ifPresent(Running::stop);
        } finally {
            counters.close();
        }
    }

    /** One window. */
    private static final class Running {
        private final GpuWatch watch;
        private final WatchThread thread;

        Running(GpuWatch watch) {
            this.watch = watch;
            thread = new WatchThread("gpu-telemetry", "the telemetry", this::tick);
        }

        private void tick(CountDownLatch stop) throws InterruptedException {
            while (!stop.await(watch.nanosToNextTick(), TimeUnit.NANOSECONDS)) {
                watch.tick();
            }
        }

        void stop() {
            thread.stop();
        }
    }
}
