package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Precision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlateauTest {
    private static final Gemm GEMM = new Gemm(16, 16, 16);

    private int slices;

    /** Whole degrees, as NVML reads them, of a temperature that rises by so much a slice. */
    private Plateau.Load rising(double kelvin) {
        return seconds -> window(40 + kelvin * slices++, kelvin);
    }

    private static Telemetry.Window window(double from, double rise) {
        List<Double> ticks = IntStream.range(0, 100)
                .mapToObj(tick -> Math.floor(from + rise * tick / 100))
                .toList();
        return new Telemetry.Window(
                List.of(Measurement.of(Metric.TEMPERATURE, ticks, Map.of())),
                dev.assay.measurement.Telemetry.none("a test"),
                20);
    }

    private static GemmSweep sweep(double heat, double most) {
        return new GemmSweep(
                List.of(GEMM),
                List.of(GEMM),
                0,
                1,
                heat,
                most,
                1,
                1,
                new GemmFinder(Precision.BF16, List.of(16), 1, 1));
    }

    @Test
    void whatStandsStillIsHeatedAMinuteAndASlice() throws Exception {
        Optional<Double> rise = new Plateau(sweep(80, 300)).heat(rising(0), mine -> mine);

        assertThat(slices).isEqualTo(4);
        assertThat(rise).hasValueSatisfying(kelvin -> assertThat(kelvin).isZero());
    }

    @Test
    void whatRisesByAKelvinAMinuteIsHeatedToTheEndAndToldSo() throws Exception {
        Optional<Double> rise = new Plateau(sweep(80, 300)).heat(rising(0.34), mine -> mine);

        assertThat(slices).isEqualTo(15);
        assertThat(rise).hasValueSatisfying(kelvin -> assertThat(kelvin).isCloseTo(1.02, within(0.3)));
    }

    @Test
    void oneThatStandsStillGoesOnWhileAnotherRises() throws Exception {
        new Plateau(sweep(80, 300)).heat(rising(0), mine -> mine && slices >= 7);

        assertThat(slices).isEqualTo(7);
    }

    @Test
    void oneThatDoesNotTellItsTemperatureHasNoPlateau() throws Exception {
        Optional<Double> rise = new Plateau(sweep(80, 300))
                .heat(
                        seconds -> {
                            slices++;
                            return new Telemetry.Window(
                                    List.of(), dev.assay.measurement.Telemetry.none("a test"), seconds);
                        },
                        mine -> mine);

        assertThat(slices).isEqualTo(15);
        assertThat(rise).isEmpty();
    }
}
