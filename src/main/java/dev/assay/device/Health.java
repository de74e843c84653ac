package dev.assay.device;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks after the device's health around one piece of work: its counters before and after, and what the driver reports in
 * between. Links under load are {@link Telemetry}'s.
 */
public interface Health extends AutoCloseable {
    /** What {@link #end} has a value of, or a reason for its absence. */
    Set<Metric> METRICS = Collections.unmodifiableSet(EnumSet.of(
            Metric.ECC_CORRECTED,
            Metric.ECC_UNCORRECTED,
            Metric.ECC_CORRECTED_LIFETIME,
            Metric.ECC_UNCORRECTED_LIFETIME,
            Metric.ECC_MODE,
            Metric.REMAPPED_ROWS,
            Metric.REMAPPED_PENDING,
            Metric.REMAPPED_FAILURE,
            Metric.RETIRED_PAGES,
            Metric.PCIE_REPLAYS,
            Metric.NVLINK_ACTIVE,
            Metric.NVLINK_ERRORS,
            Metric.NVLINK_REPLAYS,
            Metric.VIOLATION_POWER,
            Metric.VIOLATION_THERMAL,
            Metric.XID,
            Metric.FOREIGN_PROCESSES,
            Metric.PERSISTENCE,
            Metric.PCIE_BYTES_SENT,
            Metric.PCIE_BYTES_RECEIVED,
            Metric.NVLINK_BYTES_SENT,
            Metric.NVLINK_BYTES_RECEIVED));

    /** Takes the readings before the work and watches from here on; once. */
    void begin();

    /** Ends the watching and takes the readings after the work; once. */
    Report end();

    /** What has gone wrong so far, in words; in any thread. Asks nothing of the device, which may hang when one wants to know. */
    List<String> alarms();

    /**
     * @param measurements before and after, as two samples; of events their number, of bytes their sum
     * @param unavailable metric to the library's own reason why it has no value
     */
    record Report(List<Measurement> measurements, Map<Metric, String> unavailable) {
        public Report {
            measurements = List.copyOf(measurements);
            unavailable = Map.copyOf(unavailable);
        }

        /** Nothing can be told. */
        public static Report none(String reason) {
            Map<Metric, String> reasons = new EnumMap<>(Metric.class);
            METRICS.forEach(metric -> reasons.put(metric, reason));
            return new Report(List.of(), reasons);
        }
    }

    @Override
    void close();
}
