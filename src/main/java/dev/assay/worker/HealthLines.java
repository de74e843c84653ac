package dev.assay.worker;

import dev.assay.device.Health;
import dev.assay.measurement.ResultWriter;
import dev.assay.measurement.Unavailable;
import java.util.List;

/** Writes what was found of the device's health around the work. */
final class HealthLines {
    private HealthLines() {}

    static void write(ResultWriter writer, Health.Report report) {
        report.measurements().forEach(writer::write);
        if (!report.unavailable().isEmpty()) {
            writer.write(new Unavailable(report.unavailable()));
        }
    }

    /** What a failure should tell beside its own words; empty where the device reported nothing. */
    static String words(List<String> alarms) {
        return alarms.isEmpty() ? "" : "; meanwhile the driver reported " + String.join(", ", alarms);
    }
}
