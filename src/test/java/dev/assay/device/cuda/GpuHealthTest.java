package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Health;
import dev.assay.measurement.Library;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GpuHealthTest {
    private static final int SELF = 881;

    private final FakeNvml nvml = new FakeNvml();
    private final GpuHealth health = health(nvml);

    @AfterEach
    void close() {
        health.close();
        assertThat(nvml.eventSets).isEmpty();
    }

    @Test
    void everyMetricHasAValueOfAHealthyGpu() {
        health.begin();
        Health.Report report = health.end();

        assertThat(report.measurements())
                .extracting(Measurement::metric)
                .containsExactlyInAnyOrderElementsOf(Health.METRICS);
        assertThat(report.measurements())
                .allSatisfy(measurement -> assertThat(measurement.conditions()).containsKey("source"));
        assertThat(report.unavailable()).isEmpty();
        assertThat(one(report, Metric.XID).samples()).containsExactly(0.0);
        assertThat(one(report, Metric.FOREIGN_PROCESSES).samples()).containsExactly(0.0);
        assertThat(health.alarms()).isEmpty();
    }

    @Test
    void countersAreReadBeforeAndAfter() {
        health.begin();
        nvml.ecc[1][0] = 2;
        nvml.replays = 9;
        Health.Report report = health.end();

        assertThat(one(report, Metric.ECC_UNCORRECTED).samples()).containsExactly(0.0, 2.0);
        assertThat(one(report, Metric.PCIE_REPLAYS).samples()).containsExactly(7.0, 9.0);
    }

    /** The fake answers 90 + the metric's number, MiB/s, of a second between the samples. */
    @Test
    void bytesOverTheLinksAreTheMeanBetweenTwoSamplesTimesTheirDistance() {
        health.begin();
        Health.Report report = health.end();

        assertThat(one(report, Metric.PCIE_BYTES_SENT).samples().get(0)).isCloseTo(110 * 1048576.0, within(1.0));
        assertThat(one(report, Metric.PCIE_BYTES_RECEIVED).samples().get(0)).isCloseTo(111 * 1048576.0, within(1.0));
        assertThat(one(report, Metric.NVLINK_BYTES_SENT).samples().get(0)).isCloseTo(151 * 1048576.0, within(1.0));
        assertThat(one(report, Metric.NVLINK_BYTES_RECEIVED).samples().get(0)).isCloseTo(150 * 1048576.0, within(1.0));
        assertThat(one(report, Metric.NVLINK_BYTES_SENT).conditions().get("source"))
                .startsWith("NVML GPM metric 61");
        health.close();
        assertThat(nvml.samples).isEmpty();
    }

    @Test
    void aGpuThatCountsNoTrafficHasNoBytesAndNotZeroOfThem() {
        for (int support : new int[] {0, 1}) {
            FakeNvml silent = new FakeNvml();
            silent.gpmSupport = support;
            silent.refused.put("nvmlGpmSampleGet", 3);
            GpuHealth watched = health(silent);
            watched.begin();
            Health.Report report = watched.end();
            watched.close();

            for (Metric metric : GpuTraffic.RATES.keySet()) {
                assertThat(report.unavailable().get(metric))
                        .containsAnyOf("no GPM counters", "Not Supported (3) by nvmlGpmSampleGet");
            }
            assertThat(report.measurements())
                    .extracting(Measurement::metric)
                    .doesNotContainAnyElementsOf(GpuTraffic.RATES.keySet())
                    .contains(Metric.ECC_UNCORRECTED);
        }
    }

    @Test
    void workThatEndsWithinTheCountersRefreshHasNoBytes() {
        FakeNvml quick = new FakeNvml();
        quick.computePids.add(SELF);
        GpuHealth watched = new GpuHealth(gpu(quick), SELF, Long.MAX_VALUE, () -> 7);
        watched.begin();
        Health.Report report = watched.end();
        watched.close();

        assertThat(report.unavailable().get(Metric.PCIE_BYTES_SENT)).contains("shorter than GPM's refresh");
    }

    @Test
    void whatIsRefusedBeforeOrAfterIsAReason() {
        nvml.refused.put("nvmlDeviceGetRetiredPages", 3);
        health.begin();
        nvml.refused.put("nvmlDeviceGetRemappedRows", 15);
        Health.Report report = health.end();

        assertThat(report.unavailable())
                .containsEntry(Metric.RETIRED_PAGES, "Not Supported (3) by nvmlDeviceGetRetiredPages")
                .containsEntry(Metric.REMAPPED_FAILURE, "GPU is lost (15) by nvmlDeviceGetRemappedRows");
        assertThat(report.measurements())
                .extracting(Measurement::metric)
                .doesNotContain(Metric.RETIRED_PAGES, Metric.REMAPPED_FAILURE);
    }

    @Test
    void criticalErrorsAreCountedAndNamed() {
        health.begin();
        nvml.events.add(94L);
        nvml.events.add(94L);
        nvml.events.add(79L);
        Health.Report report = health.end();

        assertThat(one(report, Metric.XID).samples()).containsExactly(3.0);
        assertThat(one(report, Metric.XID).conditions()).containsEntry("found", "94, 79");
        assertThat(health.alarms()).containsExactly("XID 94", "XID 79");
    }

    @Test
    void aDriverThatReportsNothingIsNoSilence() {
        nvml.refused.put("nvmlDeviceRegisterEvents", 3);
        health.begin();
        Health.Report report = health.end();

        assertThat(report.unavailable()).containsEntry(Metric.XID, "Not Supported (3) by nvmlDeviceRegisterEvents");
        assertThat(nvml.eventSets).isEmpty();
    }

    @Test
    void aGpuThatIsLostWhileOneWaitsLeavesItsReason() {
        health.begin();
        nvml.events.add(-15L);
        Health.Report report = health.end();

        assertThat(report.unavailable()).containsEntry(Metric.XID, "GPU is lost (15) by nvmlEventSetWait_v2");
    }

    @Test
    void whatCameBeforeTheGpuWasLostStands() {
        health.begin();
        nvml.events.add(79L);
        nvml.events.add(-15L);
        Health.Report report = health.end();

        assertThat(one(report, Metric.XID).samples()).containsExactly(1.0);
    }

    @Test
    void aVisitorIsNamedThoughItLeaves() {
        nvml.computePids.add(4711);
        health.begin();
        nvml.computePids.remove((Integer) 4711);
        Health.Report report = health.end();

        assertThat(one(report, Metric.FOREIGN_PROCESSES).samples()).containsExactly(1.0);
        assertThat(one(report, Metric.FOREIGN_PROCESSES).conditions()).containsEntry("found", "4711");
    }

    @Test
    void whoComesAndGoesAndWhatHappensInBetweenIsSeen() throws InterruptedException {
        CountDownLatch seen = new CountDownLatch(2);
        FakeNvml watched = new FakeNvml() {
            @Override
            int nvmlDeviceGetComputeRunningProcesses_v3(long device, int[] infoCount, byte[] infos) {
                if (computePids.contains(4711)) {
                    seen.countDown();
                }
                return super.nvmlDeviceGetComputeRunningProcesses_v3(device, infoCount, infos);
            }
        };
        watched.computePids.add(SELF);
        GpuHealth busy = new GpuHealth(gpu(watched), SELF, 0, System::nanoTime);

        busy.begin();
        watched.events.add(31L);
        watched.computePids.add(4711);
        assertThat(seen.await(20, TimeUnit.SECONDS)).isTrue();
        watched.computePids.remove((Integer) 4711);
        assertThat(busy.alarms()).containsExactly("XID 31");
        Health.Report report = busy.end();
        busy.close();

        assertThat(one(report, Metric.FOREIGN_PROCESSES).conditions()).containsEntry("found", "4711");
        assertThat(one(report, Metric.XID).samples()).containsExactly(1.0);
        assertThat(watched.eventSets).isEmpty();
    }

    @Test
    void oneLookThatCannotTellLeavesNobodyToBeSure() {
        health.begin();
        nvml.refused.put("nvmlDeviceGetComputeRunningProcesses_v3", 4);
        Health.Report report = health.end();

        assertThat(report.unavailable())
                .containsEntry(
                        Metric.FOREIGN_PROCESSES,
                        "Insufficient Permissions (4) by nvmlDeviceGetComputeRunningProcesses_v3");
    }

    @Test
    void itBeginsOnceAndEndsAfterItsBegin() {
        assertThatThrownBy(health::end).isInstanceOf(IllegalStateException.class);
        health.begin();
        assertThatThrownBy(health::begin).isInstanceOf(IllegalStateException.class);
    }

    private static Measurement one(Health.Report report, Metric metric) {
        return report.measurements().stream()
                .filter(measurement -> measurement.metric() == metric)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        metric.key() + ": " + report.unavailable().get(metric)));
    }

    /** A clock that is asked twice around each sample, and goes half a second each time. */
    private static LongSupplier seconds() {
        AtomicLong now = new AtomicLong();
        return () -> now.getAndAdd(500_000_000L);
    }

    private static GpuHealth health(FakeNvml nvml) {
        nvml.computePids.add(SELF);
        return new GpuHealth(gpu(nvml), SELF, Long.MAX_VALUE, seconds());
    }

    private static NvmlGpu gpu(FakeNvml nvml) {
        return NvmlGpu.open(nvml, version -> new Library("NVML", "", version, ""), FakeNvml.UUID);
    }
}
