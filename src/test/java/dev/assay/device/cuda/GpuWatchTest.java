package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Telemetry.Window;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuWatchTest {
    private final FakeCounters gpu = new FakeCounters();

    @Test
    void windowMeanComesFromTheEnclosingPairAndNotFromTheTicks() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        gpu.active = 90;
        ticks(watch, 10);
        gpu.active = 30;
        gpu.pass(50);
        Window window = watch.end();

        assertThat(one(window, Metric.SM_ACTIVE)).isCloseTo((90 * 2000 + 30 * 50) / 2050.0, within(1e-9));
        assertThat(one(window, Metric.TENSOR_ACTIVE)).isEqualTo(one(window, Metric.SM_ACTIVE));
        assertThat(one(window, Metric.DRAM_ACTIVE)).isEqualTo(one(window, Metric.SM_ACTIVE));
        assertThat(one(window, Metric.SM_OCCUPANCY)).isEqualTo(one(window, Metric.SM_ACTIVE));
        assertThat(window.seconds()).isCloseTo(2.05, within(1e-9));
        assertThat(window.series().columns().get(Metric.SM_ACTIVE)).hasSize(10).allMatch(value -> close(value, 90));
        assertThat(window.series().unavailable()).isEmpty();
    }

    @Test
    void eachWholeSecondIsOneSampleAndTheTailIsNone() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        gpu.active = 95;
        ticks(watch, 5);
        gpu.active = 60;
        ticks(watch, 5);
        gpu.active = 10;
        ticks(watch, 3);
        Window window = watch.end();

        Measurement seconds = measured(window, Metric.SM_ACTIVE_SECOND).orElseThrow();
        assertThat(seconds.samples()).hasSize(2);
        assertThat(seconds.samples().get(0)).isCloseTo(95, within(1e-9));
        assertThat(seconds.samples().get(1)).isCloseTo(60, within(1e-9));
        assertThat(seconds.conditions()).containsEntry("longestSecond", "1.000");
    }

    @Test
    void ticksThatWakeUpLateDoNotLoseSeconds() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        for (int second = 0; second < 10; second++) {
            for (int lateness : new int[] {13, 0, 40, 2, 7}) {
                gpu.pass(watch.nanosToNextTick() / 1_000_000 + lateness);
                watch.tick();
            }
        }
        Window window = watch.end();

        assertThat(measured(window, Metric.SM_ACTIVE_SECOND).orElseThrow().samples())
                .hasSize(10);
    }

    @Test
    void hostTooBusyToSampleMakesALongSecondThatSaysSo() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 5);
        gpu.pass(2300);
        watch.tick();
        Window window = watch.end();

        Measurement seconds = measured(window, Metric.SM_ACTIVE_SECOND).orElseThrow();
        assertThat(seconds.samples()).hasSize(2);
        assertThat(seconds.conditions()).containsEntry("longestSecond", "2.300");
        assertThat(one(window, Metric.TELEMETRY_RATE)).isLessThan(2);
    }

    /** GPM counts while the driver holds the watch up: a start without work is told from work that nobody saw. */
    @Test
    void whatTheGpuDidWhileTheWatchWasHeldUpIsTold() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        gpu.active = 0.5;
        gpu.pass(3200);
        watch.tick();
        gpu.active = 90;
        ticks(watch, 5);
        gpu.pass(1500);
        watch.tick();
        Map<String, String> told =
                measured(watch.end(), Metric.TELEMETRY_RATE).orElseThrow().conditions();

        assertThat(told)
                .containsEntry("seconds", "5.700")
                .containsEntry("heldUp", "4.700")
                .containsEntry("idle", "3.200")
                .containsEntry("longest", "3.200 s from second 0.000, SM-active 0.500 %");
    }

    @Test
    void withoutCountersAHoleMayHaveHeldWork() {
        gpu.sampleRefusal = "Not Supported (3) by nvmlGpmSampleGet";
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        gpu.pass(2000);
        watch.tick();

        assertThat(measured(watch.end(), Metric.TELEMETRY_RATE).orElseThrow().conditions())
                .containsEntry("heldUp", "2.000")
                .containsEntry("idle", "0.000")
                .containsEntry("longest", "2.000 s from second 0.000, SM-active unknown");
    }

    @Test
    void refusedProfilingIsAReasonAndNeverAZero() {
        gpu.sampleRefusal = "Insufficient Permissions (4) by nvmlGpmSampleGet";
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 10);
        Window window = watch.end();

        for (Metric metric : List.of(
                Metric.SM_ACTIVE,
                Metric.SM_ACTIVE_SECOND,
                Metric.TENSOR_ACTIVE,
                Metric.DRAM_ACTIVE,
                Metric.SM_OCCUPANCY)) {
            assertThat(measured(window, metric)).as(metric.key()).isEmpty();
            assertThat(window.series().unavailable().get(metric)).startsWith("Insufficient Permissions (4)");
            assertThat(window.series().columns()).doesNotContainKey(metric);
        }
        assertThat(measured(window, Metric.POWER).orElseThrow().samples()).hasSize(10);
        assertThat(one(window, Metric.TELEMETRY_COVERAGE)).isCloseTo(100, within(1e-9));
    }

    @Test
    void theLinkIsReadUnderLoadAtEveryTick() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 2);
        gpu.generation = GpuReading.of(4.0);
        ticks(watch, 1);
        Window window = watch.end();

        assertThat(measured(window, Metric.PCIE_GENERATION).orElseThrow().samples())
                .containsExactly(5.0, 5.0, 4.0);
        assertThat(measured(window, Metric.PCIE_WIDTH).orElseThrow().samples()).containsOnly(16.0);
        assertThat(one(window, Metric.NVLINK_SENT)).isEqualTo(one(window, Metric.SM_ACTIVE));
    }

    @Test
    void aLinkThatCannotBeReadIsAReason() {
        gpu.generation = GpuReading.refused("Not Supported (3) by nvmlDeviceGetCurrPcieLinkGeneration");
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 2);
        Window window = watch.end();

        assertThat(measured(window, Metric.PCIE_GENERATION)).isEmpty();
        assertThat(window.series().unavailable().get(Metric.PCIE_GENERATION)).startsWith("Not Supported (3)");
        assertThat(measured(window, Metric.PCIE_WIDTH)).isPresent();
    }

    @Test
    void oneRefusedMetricLeavesTheOthersAlone() {
        gpu.refusedMetrics.add(Metric.TENSOR_ACTIVE);
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 5);
        Window window = watch.end();

        assertThat(measured(window, Metric.TENSOR_ACTIVE)).isEmpty();
        assertThat(window.series().unavailable()).containsOnlyKeys(Metric.TENSOR_ACTIVE);
        assertThat(one(window, Metric.SM_ACTIVE)).isCloseTo(100, within(1e-9));
    }

    @Test
    void aHoleInAColumnEndsTheColumnAndTheWindowKeepsItsMean() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 4);
        gpu.sampleRefusal = "Timeout (10) by nvmlGpmSampleGet";
        ticks(watch, 1);
        gpu.sampleRefusal = "";
        ticks(watch, 5);
        Window window = watch.end();

        assertThat(window.series().columns()).doesNotContainKey(Metric.SM_ACTIVE);
        assertThat(window.series().unavailable().get(Metric.SM_ACTIVE))
                .isEqualTo("Timeout (10) by nvmlGpmSampleGet, first at 1.0 s");
        assertThat(one(window, Metric.SM_ACTIVE)).isCloseTo(100, within(1e-9));
        assertThat(measured(window, Metric.SM_ACTIVE_SECOND).orElseThrow().conditions())
                .containsEntry("longestSecond", "1.200");
    }

    @Test
    void countersThatDieOnTheWayShowInTheCoverage() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 10);
        gpu.sampleRefusal = "GPU is lost (15) by nvmlGpmSampleGet";
        ticks(watch, 10);
        Window window = watch.end();

        assertThat(one(window, Metric.TELEMETRY_COVERAGE)).isCloseTo(50, within(1e-9));
        assertThat(window.seconds()).isCloseTo(2, within(1e-9));
    }

    @Test
    void throttleReasonsAreSharesOfTicksByKind() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        long[] reasons = {0x4, 0x4, 0x4, 0x4 | 0x20, 0x4 | 0x40, 0x80, 0x8, 0x1, 0, 0x4 | 0x100};
        for (long reason : reasons) {
            gpu.reasons = GpuReading.of(reason);
            ticks(watch, 1);
        }
        Window window = watch.end();

        assertThat(one(window, Metric.THROTTLE_POWER_CAP)).isEqualTo(60);
        assertThat(one(window, Metric.THROTTLE_THERMAL)).isEqualTo(20);
        assertThat(one(window, Metric.THROTTLE_HARDWARE)).isEqualTo(20);
    }

    @Test
    void energyIsADifferenceAndTheLimitIsReadAtBothEnds() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 5);
        gpu.energy = GpuReading.of(1690.25);
        gpu.limit = GpuReading.of(500.0);
        Window window = watch.end();

        assertThat(one(window, Metric.ENERGY)).isEqualTo(690.25);
        assertThat(measured(window, Metric.POWER_LIMIT).orElseThrow().samples()).containsExactly(700.0, 500.0);
    }

    @Test
    void anEnergyCounterThatRunsBackwardsIsRefused() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 5);
        gpu.energy = GpuReading.of(2.0);
        Window window = watch.end();

        assertThat(measured(window, Metric.ENERGY)).isEmpty();
        assertThat(window.series().unavailable().get(Metric.ENERGY)).contains("backwards by 998.0 J");
    }

    @Test
    void aReadingThatIsRefusedOnceIsNoMeasurement() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 2);
        gpu.power = GpuReading.refused("Not Supported (3) by nvmlDeviceGetPowerUsage");
        gpu.limit = GpuReading.refused("Not Supported (3) by nvmlDeviceGetEnforcedPowerLimit");
        ticks(watch, 3);
        Window window = watch.end();

        assertThat(measured(window, Metric.POWER)).isEmpty();
        assertThat(measured(window, Metric.POWER_LIMIT)).isEmpty();
        assertThat(window.series().unavailable().get(Metric.POWER))
                .isEqualTo("Not Supported (3) by nvmlDeviceGetPowerUsage, first at 0.6 s");
        assertThat(window.series().unavailable()).containsOnlyKeys(Metric.POWER, Metric.POWER_LIMIT);
        assertThat(window.series().seconds()).hasSize(5);
    }

    @Test
    void rateAndCoverageOfAQuietHost() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 50);
        Window window = watch.end();

        assertThat(one(window, Metric.TELEMETRY_RATE)).isCloseTo(5, within(1e-9));
        assertThat(one(window, Metric.TELEMETRY_COVERAGE)).isCloseTo(100, within(1e-9));
    }

    @Test
    void ticksLieOnAGridAndNeverCloserThanTheRefresh() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);

        assertThat(watch.nanosToNextTick()).isEqualTo(200_000_000);
        gpu.pass(200 + 30);
        watch.tick();
        assertThat(watch.nanosToNextTick()).isEqualTo(170_000_000);
        gpu.pass(170 + 150);
        watch.tick();
        assertThat(watch.nanosToNextTick()).isEqualTo(100_000_000);
    }

    @Test
    void aWindowShorterThanTheRefreshMeasuresNothing() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        gpu.pass(40);
        Window window = watch.end();

        assertThat(window.series().unavailable().get(Metric.SM_ACTIVE)).contains("0.04 s is shorter");
        assertThat(window.series().unavailable().get(Metric.POWER)).isEqualTo("the window ended before the first tick");
        assertThat(window.measurements())
                .extracting(Measurement::metric)
                .doesNotContain(Metric.SM_ACTIVE, Metric.POWER, Metric.THROTTLE_HARDWARE);
    }

    @Test
    void aWindowWithoutLengthHasNoRate() {
        Window window = GpuWatch.begin(gpu, () -> gpu.now).end();

        assertThat(measured(window, Metric.TELEMETRY_RATE)).isEmpty();
        assertThat(measured(window, Metric.TELEMETRY_COVERAGE)).isEmpty();
    }

    @Test
    void samplesAreReturnedAndFewAreAlive() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 100);
        watch.end();

        assertThat(gpu.mostAlive).isLessThanOrEqualTo(5);
        assertThat(gpu.alive()).isZero();
    }

    @Test
    void measurementsSayWhereTheyComeFrom() {
        GpuWatch watch = GpuWatch.begin(gpu, () -> gpu.now);
        ticks(watch, 5);
        Window window = watch.end();

        assertThat(measured(window, Metric.SM_ACTIVE).orElseThrow().conditions())
                .containsEntry("source", "fake sm.active")
                .containsEntry("seconds", "1.000");
        assertThat(measured(window, Metric.POWER).orElseThrow().conditions()).containsEntry("source", "fake power");
    }

    private void ticks(GpuWatch watch, int count) {
        for (int i = 0; i < count; i++) {
            gpu.pass(200);
            watch.tick();
        }
    }

    private static Optional<Measurement> measured(Window window, Metric metric) {
        return window.measurements().stream().filter(m -> m.metric() == metric).findFirst();
    }

    private static double one(Window window, Metric metric) {
        List<Double> samples = measured(window, metric).orElseThrow().samples();
        assertThat(samples).hasSize(1);
        return samples.get(0);
    }

    private static boolean close(double value, double expected) {
        return Math.abs(value - expected) < 1e-9;
    }
}
