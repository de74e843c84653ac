package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Telemetry;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.Header;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import dev.assay.measurement.ResultWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TelemetryLinesTest {
    private static final Telemetry.Window WINDOW = new Telemetry.Window(
            List.of(Measurement.of(Metric.SM_CLOCK, List.of(1480.0), Map.of("source", "NVML"))),
            dev.assay.measurement.Telemetry.none("Not Supported"),
            9.5);

    @TempDir
    Path folder;

    @Test
    void everyWindowOfSeveralKeepsItsConditionsAndItsReasons() throws IOException {
        Path file = folder.resolve("rank-0.ndjson");
        Header header = new Header(
                Header.SCHEMA, "run", "plan", "gemm", "load-1", 0, 1, "node", 0, "host", "boot", 42, List.of(0));
        try (ResultWriter writer = ResultWriter.open(file, header);
                ReferenceDevice device = new ReferenceDevice("node", 0)) {
            writer.write(device.identity());
            TelemetryLines.write(writer, WINDOW, 10, Map.of("dtype", "bf16"));
            TelemetryLines.write(writer, WINDOW, 10, Map.of("dtype", "fp8-e4m3"));
            writer.finish();
        }

        RankResult result = ResultReader.read(file, new ResultReader.Expected("run", "plan", "gemm", "load-1", 0, 1));

        assertThat(result.measurements(Metric.SM_CLOCK, Map.of("dtype", "fp8-e4m3", "source", "NVML")))
                .hasSize(1);
        assertThat(result.measurements(Metric.TELEMETRY_COVERAGE, Map.of("dtype", "bf16")))
                .extracting(Measurement::samples)
                .containsExactly(List.of(95.0));
        assertThat(result.device().facts()).containsEntry("sm.active", "Not Supported");
    }
}
