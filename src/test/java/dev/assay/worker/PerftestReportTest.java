package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On text as perftest's own format strings print it; no RDMA device was at hand to capture one. */
class PerftestReportTest {
    private static final String BANDWIDTH = read("ib_write_bw.txt");
    private static final String LATENCY = read("ib_write_lat.txt");

    @Test
    void theAverageBandwidthIsReadByItsName() {
        PerftestReport report = PerftestReport.ofBandwidth(BANDWIDTH).orElseThrow();

        assertThat(report.bytes()).isEqualTo(1_048_576);
        assertThat(report.iterations()).isEqualTo(47_680);
        assertThat(report.value(PerftestReport.BANDWIDTH)).isEqualTo(391.87);
    }

    @Test
    void theTypicalLatencyIsReadByItsName() {
        PerftestReport report = PerftestReport.ofLatency(LATENCY).orElseThrow();

        assertThat(report.bytes()).isEqualTo(8);
        assertThat(report.iterations()).isEqualTo(5_000);
        assertThat(report.value(PerftestReport.LATENCY)).isEqualTo(2.14);
        assertThat(report.value(PerftestReport.LEAST)).isEqualTo(2.09);
        assertThat(report.value(PerftestReport.P99)).isEqualTo(2.31);
        assertThat(report.value(PerftestReport.P999)).isEqualTo(4.87);
    }

    @Test
    void aWarningMayStandBetweenTheTwoLines() {
        String warned = BANDWIDTH.replace(
                "MsgRate[Mpps]\n", "MsgRate[Mpps]\nConflicting CPU frequency values detected: 1000.0 != 3800.0\n");

        assertThat(warned).isNotEqualTo(BANDWIDTH);
        assertThat(PerftestReport.ofBandwidth(warned)).isEqualTo(PerftestReport.ofBandwidth(BANDWIDTH));
    }

    @Test
    void aFurtherColumnChangesNothing() {
        String more = BANDWIDTH
                .replace("MsgRate[Mpps]\n", "MsgRate[Mpps]    CPU_Util[%]\n")
                .replace("0.046715\n", "0.046715\t    3.21\n");

        assertThat(more).isNotEqualTo(BANDWIDTH);
        assertThat(PerftestReport.ofBandwidth(more)).isEqualTo(PerftestReport.ofBandwidth(BANDWIDTH));
    }

    @Test
    void anotherUnitIsNotTaken() {
        assertThat(PerftestReport.ofBandwidth(BANDWIDTH.replace("Gb/sec", "MiB/sec")))
                .isEmpty();
        assertThat(PerftestReport.ofLatency(LATENCY.replace("usec", "cycles"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.00", "nan", "inf", "-nan", "-391.87", ""})
    void whatIsNoPositiveNumberIsNotTaken(String value) {
        assertThat(PerftestReport.ofBandwidth(BANDWIDTH.replace("391.87", value)))
                .isEmpty();
    }

    @Test
    void noTableOrTwoAreNotTaken() {
        assertThat(PerftestReport.ofBandwidth("")).isEmpty();
        assertThat(PerftestReport.ofBandwidth(LATENCY)).isEmpty();
        assertThat(PerftestReport.ofLatency(BANDWIDTH)).isEmpty();
        assertThat(PerftestReport.ofBandwidth(BANDWIDTH + BANDWIDTH)).isEmpty();
        assertThat(PerftestReport.ofBandwidth(BANDWIDTH.replaceAll("(?m)^ 1048576.*$", "")))
                .isEmpty();
    }

    private static String read(String name) {
        try (InputStream in = Objects.requireNonNull(PerftestReportTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
