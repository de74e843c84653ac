package dev.assay.benchmark;

import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.measurement.Check;
import dev.assay.workload.HostLaunch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the benchmarks share: JMH makes their objects itself, so they find the device here. Their constructors run in the
 * benchmark's own thread, whose current context the device's streams set.
 */
final class Stage {
    /** Waiting for the device; whoever started this process ends it earlier. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static volatile Optional<Stage> current = Optional.empty();

    private final Device device;
    private final HostLaunch launch;
    private final long seed;
    private final AtomicInteger seeds = new AtomicInteger();
    private final Map<String, Check> checks = new TreeMap<>();
    private volatile int threads = 1;

    private Stage(Device device, HostLaunch launch, long seed) {
        this.device = device;
        this.launch = launch;
        this.seed = seed;
    }

    static Stage set(Device device, HostLaunch launch, long seed) {
        Stage stage = new Stage(device, launch, seed);
        current = Optional.of(stage);
        return stage;
    }

    static Stage current() {
        return current.orElseThrow(
                () -> new IllegalStateException(
                        "a benchmark of the host side was started by itself, expected by HostBenchmarks, which opens its device"));
    }

    Device device() {
        return device;
    }

    HostLaunch launch() {
        return launch;
    }

    /** Another one each time. */
    long freshSeed() {
        return Counter.hash(seed, 96L + seeds.getAndIncrement());
    }

    /** Of the benchmark that runs. */
    int threads() {
        return threads;
    }

    void threads(int count) {
        threads = count;
    }

    /** What several threads check under one name is one check. */
    synchronized void check(Check check) {
        checks.merge(
                check.name(),
                check,
                (a, b) -> new Check(
                        a.name(),
                        a.checked() + b.checked(),
                        a.wrong() + b.wrong(),
                        Math.max(a.worst(), b.worst()),
                        a.detail()));
    }

    void check(String name, long checked, long wrong, String detail) {
        check(new Check("launch." + name, checked, wrong, wrong == 0 ? 0 : Double.MAX_VALUE, detail));
    }

    synchronized List<Check> checks() {
        return List.copyOf(checks.values());
    }
}
