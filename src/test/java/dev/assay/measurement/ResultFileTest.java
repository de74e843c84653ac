package dev.assay.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.measurement.ResultReader.Expected;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResultFileTest {
    private static final Header HEADER = new Header(
            Header.SCHEMA, "run-1", "plan-1", "burn", "load-2", 1, 2, "node002", 0, "host", "boot", 42, List.of(0, 1));
    private static final Expected EXPECTED = new Expected("run-1", "plan-1", "burn", "load-2", 1, 2);
    private static final DeviceIdentity DEVICE = new DeviceIdentity(
            "cuda",
            "NVIDIA H200",
            "GPU-1",
            "serial",
            "580.1",
            150_754_820_096L,
            132,
            "9.0",
            1980,
            List.of(new Library("nccl", "/lib/libnccl.so.2", "2.28", "00")),
            Map.of("vbios", "96"));
    private static final Measurement RATE =
            Measurement.of(Metric.GEMM_TFLOPS, List.of(650.5, 651.25), Map.of("batch", "4"));
    private static final Check CHECK = new Check("gemm.fp64", 64, 0, 0.5, "bound");
    private static final Digest DIGEST = new Digest("gemm.c", "0123456789abcdef");
    private static final Telemetry TELEMETRY = new Telemetry(
            List.of(0.0, 0.25), Map.of(Metric.POWER, List.of(699.5, 700.0)), Map.of(Metric.SM_ACTIVE, "Not Supported"));
    private static final TelemetryWindow WINDOW = new TelemetryWindow(Map.of(), TELEMETRY);

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("rank-1.ndjson");
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        writeGood();

        RankResult result = ResultReader.read(file, EXPECTED);

        assertThat(result)
                .isEqualTo(new RankResult(
                        HEADER,
                        DEVICE.withFacts(Map.of("sm.active", "Not Supported")),
                        List.of(RATE),
                        List.of(CHECK),
                        List.of(DIGEST),
                        java.util.Optional.empty()));
        assertThat(ResultReader.telemetry(file)).containsExactly(WINDOW);
        assertThat(ResultWriter.partOf(file)).doesNotExist();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void whatHealthCannotTellStandsAmongTheFactsTooAndIsNoTelemetry() throws Exception {
        try (ResultWriter writer = ResultWriter.open(file, HEADER)) {
            writer.write(DEVICE);
            writer.write(TELEMETRY);
            writer.write(new Unavailable(Map.of(Metric.RETIRED_PAGES, "Not Supported (3)")));
            writer.finish();
        }

        assertThat(ResultReader.read(file, EXPECTED).device().facts())
                .containsEntry("health.retired.pages", "Not Supported (3)")
                .containsEntry("sm.active", "Not Supported");
        assertThat(ResultReader.telemetry(file)).containsExactly(WINDOW);
    }

    @Test
    void eachWindowHasTheConditionsOfItsWork() throws Exception {
        Map<String, String> bf16 = Map.of("dtype", "bf16");
        try (ResultWriter writer = ResultWriter.open(file, HEADER)) {
            writer.write(DEVICE);
            writer.write(Measurement.of(Metric.TELEMETRY_COVERAGE, List.of(100.0), bf16));
            writer.write(TELEMETRY);
            writer.write(RATE);
            writer.write(TELEMETRY);
            writer.finish();
        }

        assertThat(ResultReader.telemetry(file)).containsExactly(new TelemetryWindow(bf16, TELEMETRY), WINDOW);
    }

    @Test
    void whatTheDeviceRefusedToTellStandsAmongItsFacts() throws Exception {
        writeGood();

        assertThat(ResultReader.read(file, EXPECTED).device().facts())
                .containsOnly(Map.entry("vbios", "96"), Map.entry("sm.active", "Not Supported"));
    }

    @Test
    void aFailureKeepsWhatCameBefore() throws Exception {
        try (ResultWriter writer = ResultWriter.open(file, HEADER)) {
            writer.write(DEVICE);
            writer.write(RATE);
            writer.failed(new Failure("measure", "NCCL: remote error"));
        }

        RankResult result = ResultReader.read(file, EXPECTED);

        assertThat(result.measurements()).containsExactly(RATE);
        assertThat(result.failure()).contains(new Failure("measure", "NCCL: remote error"));
    }

    @Test
    void anUnfinishedFileIsEvidenceAndNoResult() throws Exception {
        try (ResultWriter writer = ResultWriter.open(file, HEADER)) {
            writer.write(RATE);
        }
        Path part = ResultWriter.partOf(file);
        Files.writeString(part, "{\"type\":\"meas", java.nio.file.StandardOpenOption.APPEND);

        List<String> lines = ResultReader.partial(part);

        assertThat(lines).hasSize(2);
        assertThat(lines.get(1)).contains("gemm.tflops");
        assertRefused("missing");
        assertThatThrownBy(() -> ResultReader.read(part, EXPECTED))
                .isInstanceOf(ResultException.class)
                .hasMessageContaining("truncated");
    }

    @Test
    void aFileCutAnywhereIsRefused() throws Exception {
        writeGood();
        byte[] whole = Files.readAllBytes(file);

        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));

            assertRefused(length == 0 ? "is empty" : "truncated");
            assertThatThrownBy(() -> ResultReader.telemetry(file)).isInstanceOf(ResultException.class);
        }
    }

    @Test
    void aFileWithAnyByteChangedIsRefused() throws Exception {
        writeGood();
        byte[] whole = Files.readAllBytes(file);

        for (int at = 0; at < whole.length; at++) {
            for (int change : new int[] {0x01, 0x80}) {
                byte[] changed = whole.clone();
                changed[at] ^= (byte) change;
                Files.write(file, changed);

                assertRefused("result " + file);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "other, plan-1, burn, load-2, 1, 2, is of another run",
        "run-1, other, burn, load-2, 1, 2, is of another plan",
        "run-1, plan-1, other, load-2, 1, 2, is of another experiment",
        "run-1, plan-1, burn, other, 1, 2, is of another launch",
        "run-1, plan-1, burn, load-2, 0, 2, is of another rank",
        "run-1, plan-1, burn, load-2, 1, 4, is of another world size"
    })
    void anothersResultIsRefused(
            String run, String plan, String experiment, String launch, int rank, int worldSize, String words)
            throws Exception {
        writeGood();
        Expected expected = new Expected(run, plan, experiment, launch, rank, worldSize);

        assertThatThrownBy(() -> ResultReader.read(file, expected))
                .isInstanceOf(ResultException.class)
                .hasMessageContaining(words);
    }

    @Test
    void absurdLinesAreRefusedEvenWhenSealed() throws Exception {
        String check = "{\"type\":\"check\",\"name\":\"x\",\"checked\":1,\"wrong\":0,\"worst\":%s,\"detail\":\"\"}";
        String rate = "{\"type\":\"measurement\",\"metric\":\"%s\",\"unit\":\"%s\",\"samples\":[%s],\"conditions\":{}}";

        refusedLine("{\"type\":\"weather\"}", "unknown type \"weather\"");
        refusedLine("{\"name\":\"x\",\"type\":\"check\"}", "as its first key");
        refusedLine("[1]", "as its first key");
        refusedLine("{\"type\":\"digest\",\"name\":\"a\",\"name\":\"b\",\"value\":\"0\"}", "Duplicate");
        refusedLine("{\"type\":\"digest\",\"name\":\"a\"}", "malformed");
        refusedLine("{\"type\":\"digest\",\"name\":\"a\",\"value\":null}", "malformed");
        refusedLine("{\"type\":\"digest\",\"name\":\"a\",\"value\":\"0\",\"extra\":1}", "malformed");
        refusedLine("{\"type\":\"digest\",\"name\":\"a\",\"value\":\"0\"} {}", "malformed");
        refusedLine("{\"type\":\"telemetry\",\"x\":" + "[".repeat(40) + "]".repeat(40) + "}", "depth");
        refusedLine(String.format(check, "NaN"), "malformed");
        refusedLine(String.format(check, "\"NaN\""), "");
        refusedLine(String.format(check, "1e999"), "finite");
        refusedLine(String.format(check, "-1"), "≥ 0");
        refusedLine(String.format(rate, "gemm.tflops", "TFLOPS", "1e999"), "finite");
        refusedLine(String.format(rate, "gemm.tflops", "TFLOPS", "\"NaN\""), "finite");
        refusedLine(String.format(rate, "gemm.tflops", "TFLOPS", "null"), "malformed");
        refusedLine(String.format(rate, "gemm.tflops", "TFLOPS", ""), "samples");
        refusedLine(String.format(rate, "gemm.tflops", "W", "1"), "must be in TFLOPS");
        refusedLine(String.format(rate, "gemm.tflops", "TFLOPS", "-1"), "negative");
        refusedLine(String.format(rate, "scale.efficiency", "%", "99"), "no worker measures");
        refusedLine(String.format(rate, "train.mfu", "%", "41"), "no worker measures");
        refusedLine(String.format(rate, "train.fabric", "ratio", "0.4"), "no worker measures");
        refusedLine(String.format(rate, "no.such", "%", "99"), "unknown metric");
        refusedLine(json(HEADER), "line 1");
        refusedLine(json(DEVICE), "one device");
    }

    /** A GPU on its plateau is a little cooler as often as a little hotter. */
    @ParameterizedTest
    @CsvSource({"temperature.rise, K", "temperature, °C"})
    void temperaturesMayBeBelowZero(String metric, String unit) throws Exception {
        seal(
                json(HEADER),
                json(DEVICE),
                "{\"type\":\"measurement\",\"metric\":\"" + metric + "\",\"unit\":\"" + unit
                        + "\",\"samples\":[-0.03],\"conditions\":{}}");

        assertThat(ResultReader.read(file, EXPECTED).measurements())
                .flatExtracting(Measurement::samples)
                .containsExactly(-0.03);
    }

    @Test
    void anOtherSchemaIsNamed() throws Exception {
        int newer = Header.SCHEMA + 1;
        seal(json(HEADER).replace("\"schema\":" + Header.SCHEMA, "\"schema\":" + newer), json(DEVICE));

        assertRefused("schema version " + newer);
    }

    @Test
    void aCommunicatorMustHoldItsRank() throws Exception {
        seal(json(HEADER).replace("[0,1]", "[0]"), json(DEVICE));

        assertRefused("communicator");
    }

    @Test
    void aFileWithoutDeviceIsRefused() throws Exception {
        seal(json(HEADER));

        assertRefused("no device line");
    }

    @Test
    void onlyRegularFilesOfSaneSizeAreRead() throws Exception {
        writeGood();
        Path link = folder.resolve("link");
        Files.createSymbolicLink(link, file);
        Path huge = folder.resolve("huge");
        try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
            sparse.setLength(ResultLines.MAX_BYTES + 1);
        }

        assertThatThrownBy(() -> ResultReader.read(link, EXPECTED)).hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> ResultReader.read(folder, EXPECTED)).hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> ResultReader.read(huge, EXPECTED)).hasMessageContaining("at most");
    }

    @Test
    void aWriterStartsNoFileTwiceAndWritesNothingThatIsNotFinite() throws Exception {
        try (ResultWriter writer = ResultWriter.open(file, HEADER)) {
            assertThatThrownBy(() -> ResultWriter.open(file, HEADER)).isInstanceOf(FileAlreadyExistsException.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.write(new Check("x", 1, 1, Double.POSITIVE_INFINITY, "")));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.write(
                            new Telemetry(List.of(0.0), Map.of(Metric.POWER, List.of(Double.NaN)), Map.of())));
            writer.finish();
        }

        assertThatThrownBy(() -> ResultWriter.open(file, HEADER)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private void writeGood() throws IOException {
        try (ResultWriter writer = ResultWriter.open(file, HEADER)) {
            writer.write(DEVICE);
            writer.phase("measure", 1.5);
            writer.write(RATE);
            writer.write(CHECK);
            writer.write(DIGEST);
            writer.write(TELEMETRY);
            writer.finish();
        }
    }

    private void refusedLine(String line, String words) throws Exception {
        seal(json(HEADER), json(DEVICE), line);

        assertRefused(words);
    }

    private void assertRefused(String words) {
        assertThatThrownBy(() -> ResultReader.read(file, EXPECTED))
                .isExactlyInstanceOf(ResultException.class)
                .hasMessageContaining(words);
    }

    /** Lines with a right seal: only their content can be refused. */
    private void seal(String... lines) throws Exception {
        String text = String.join("\n", lines) + "\n";
        String sha256 = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        Files.writeString(
                file, text + "{\"type\":\"end\",\"lines\":" + lines.length + ",\"sha256\":\"" + sha256 + "\"}\n");
    }

    private static String json(Object line) throws IOException {
        String type = line instanceof Header ? "header" : "device";
        return "{\"type\":\"" + type + "\","
                + StrictJson.mapper().writeValueAsString(line).substring(1);
    }
}
