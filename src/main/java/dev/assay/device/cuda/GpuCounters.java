package dev.assay.device.cuda;

import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;

/**
 * The counters of one GPU as {@link GpuWatch} reads them: the seam between the logic of sampling and NVML. Every reading may
 * be refused, at any time.
 */
interface GpuCounters extends AutoCloseable {
    /** What {@link #between} answers. */
    List<Metric> PROFILED = List.of(
            Metric.SM_ACTIVE,
            Metric.TENSOR_ACTIVE,
            Metric.DRAM_ACTIVE,
            Metric.SM_OCCUPANCY,
            Metric.PCIE_SENT,
            Metric.PCIE_RECEIVED,
            Metric.NVLINK_SENT,
            Metric.NVLINK_RECEIVED);

    /** Takes a sample of the profiling counters and gives its handle; at most a handful are alive at a time. */
    GpuReading<Long> sample();

    /** Percent, of traffic GB/s, between two samples, one reading for each of {@link #PROFILED}. */
    Map<Metric, GpuReading<Double>> between(long earlierSample, long laterSample);

    /** The sample is not needed any more. */
    void release(long sample);

    GpuReading<Double> powerWatt();

    /** Since the driver was loaded. */
    GpuReading<Double> energyJoule();

    GpuReading<Double> enforcedPowerLimitWatt();

    GpuReading<Double> smClockMhz();

    GpuReading<Double> temperatureCelsius();

    GpuReading<Double> pcieGeneration();

    GpuReading<Double> pcieWidth();

    GpuReading<Double> residentPercent();

    /** Bits of {@link Nvml}. */
    GpuReading<Long> throttleReasons();

    /** Where readings of a metric come from and what they mean, for the reviewer. */
    String source(Metric metric);

    @Override
    void close();
}
