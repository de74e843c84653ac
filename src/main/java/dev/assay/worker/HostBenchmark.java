package dev.assay.worker;

import dev.assay.measurement.Metric;

/** The benchmarks of the host side, in the order in which they run. */
enum HostBenchmark {
    JNA_CALL("JnaCall", Metric.LAUNCH_JNA, "avgt", "ns/op"),
    KERNEL_LAUNCH("KernelLaunch", Metric.LAUNCH_KERNEL, "sample", "ns/op"),
    EVENT_ROUND_TRIP("EventRoundTrip", Metric.LAUNCH_EVENT, "sample", "ns/op"),
    GEMM_ENQUEUE("GemmEnqueue", Metric.LAUNCH_GEMM, "sample", "ns/op"),
    HOST_COPY("HostCopy", Metric.LAUNCH_MEMORY, "thrpt", "ops/s");

    private final String className;
    private final Metric metric;
    private final String mode;
    private final String unit;

    HostBenchmark(String className, Metric metric, String mode, String unit) {
        this.className = className;
        this.metric = metric;
        this.mode = mode;
        this.unit = unit;
    }

    /** Within its package. */
    String className() {
        return className;
    }

    Metric metric() {
        return metric;
    }

    /** Whether each call is timed, so that there are percentiles. */
    boolean sampled() {
        return mode.equals("sample");
    }

    /** The others would compete with themselves. */
    boolean onAllCpus() {
        return this == HOST_COPY;
    }

    boolean isOf(JmhResult result) {
        return result.benchmark().endsWith("." + className + ".measure")
                && result.mode().equals(mode)
                && result.unit().equals(unit);
    }
}
