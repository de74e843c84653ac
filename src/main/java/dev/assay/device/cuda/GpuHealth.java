package dev.assay.device.cuda;

import dev.assay.device.Health;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * One GPU's health around one piece of work, through NVML: counters before and after, and in between, in a daemon thread of
 * its own, critical errors as they come and a look every two seconds at who else computes on the GPU.
 */
final class GpuHealth implements Health {
    /** As long as {@link #end} may wait for the thread. */
    private static final int WAIT_MILLIS = 100;

    private static final long LOOK_NANOS = 2_000_000_000L;

    private final NvmlGpu gpu;
    private final long lookNanos;
    private final NvmlHealth health;
    private final Visitors visitors;
    private final GpuCounters counters;
    private final LongSupplier nanoTime;
    private volatile Optional<Running> running = Optional.empty();

    GpuHealth(NvmlGpu gpu) {
        this(gpu, ProcessHandle.current().pid(), LOOK_NANOS, System::nanoTime);
    }

    /** @param self this process as NVML calls it */
    GpuHealth(NvmlGpu gpu, long self, long lookNanos, LongSupplier nanoTime) {
        this.gpu = gpu;
        this.lookNanos = lookNanos;
        this.health = new NvmlHealth(gpu);
        this.counters = new NvmlCounters(gpu);
        this.nanoTime = nanoTime;
        this.visitors = new Visitors(() -> health.foreignProcesses(self, started()));
    }

    /** The benchmarks of the host side run in a process that this one starts. */
    private static Set<Long> started() {
        return ProcessHandle.current().descendants().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    @Override
    public void begin() {
        if (running.isPresent()) {
            throw new IllegalStateException("health must begin once for each piece of work");
        }
        XidLog xids = new XidLog(XidEvents.open(gpu));
        visitors.look();
        Map<Metric, GpuReading<Double>> before = health.read();
        running = Optional.of(new Running(before, xids, GpuTraffic.begin(counters, nanoTime)));
    }

    @Override
    public Report end() {
        Running ending = running.orElseThrow(() -> new IllegalStateException("health must begin before it ends"));
        ending.stop();
        Map<Metric, GpuReading<Double>> bytes = ending.traffic.end();
        ending.xids.drain();
        visitors.look();
        List<Measurement> measurements = new ArrayList<>();
        Map<Metric, String> unavailable = new EnumMap<>(Metric.class);
        Map<Metric, GpuReading<Double>> after = health.read();
        ending.before.forEach((metric, first) -> {
            GpuReading<Double> second = after.getOrDefault(metric, GpuReading.refused("no answer"));
            first.flatMap(from -> second.map(to -> List.of(from, to)))
                    .fold(
                            samples -> measurements.add(Measurement.of(metric, samples, source(metric, ""))),
                            reason -> unavailable.putIfAbsent(metric, reason));
        });
        bytes.forEach((metric, reading) -> reading.fold(
                value -> measurements.add(
                        Measurement.of(metric, List.of(value), Map.of("source", ending.traffic.source(metric)))),
                reason -> unavailable.putIfAbsent(metric, reason)));
        count(Metric.XID, ending.xids.all(), measurements, unavailable);
        count(Metric.FOREIGN_PROCESSES, visitors.most(), measurements, unavailable);
        return new Report(measurements, unavailable);
    }

    private static <T> void count(
            Metric metric, GpuReading<List<T>> found, List<Measurement> measurements, Map<Metric, String> unavailable) {
        found.fold(
                all -> measurements.add(
                        Measurement.of(metric, List.of((double) all.size()), source(metric, words(all)))),
                reason -> unavailable.putIfAbsent(metric, reason));
    }

    private static String words(List<?> found) {
        return String.join(", ", found.stream().distinct().map(String::valueOf).toList());
    }

    private static Map<String, String> source(Metric metric, String found) {
        return found.isEmpty()
                ? Map.of("source", NvmlHealth.source(metric))
                : Map.of("source", NvmlHealth.source(metric), "found", found);
    }

    @Override
    public List<String> alarms() {
        return running.map(each -> each.xids.words()).orElse(List.of());
    }

    @Override
    public void close() {
        Optional<Running> ended = running;
        running = Optional.empty();
        ended.ifPresent(each -> {
            each.stop();
            each.xids.close();
        });
        counters.close();
    }

    /** One piece of work. */
    private final class Running {
        private final Map<Metric, GpuReading<Double>> before;
        private final XidLog xids;
        private final GpuTraffic traffic;
        private final WatchThread thread;

        Running(Map<Metric, GpuReading<Double>> before, XidLog xids, GpuTraffic traffic) {
            this.before = before;
            this.xids = xids;
            this.traffic = traffic;
            thread = new WatchThread("gpu-health", "the watch over the GPU's health", this::look);
        }

        private void look(CountDownLatch stop) throws InterruptedException {
            long looked = System.nanoTime();
            while (!stop.await(0, TimeUnit.NANOSECONDS)) {
                boolean told = xids.await(WAIT_MILLIS);
                if (!told && stop.await(WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
                if (System.nanoTime() - looked >= lookNanos) {
                    visitors.look();
                    looked = System.nanoTime();
                }
            }
        }

        void stop() {
            thread.stop();
        }
    }
}
