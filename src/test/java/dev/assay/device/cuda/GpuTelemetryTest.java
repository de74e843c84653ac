package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import dev.assay.device.Telemetry.Window;
import dev.assay.measurement.Metric;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class GpuTelemetryTest {
    private final CountDownLatch ticked = new CountDownLatch(2);
    private final FakeCounters gpu = new RealTimeCounters(ticked);

    @Test
    void aThreadTicksBetweenBeginAndEnd() throws InterruptedException {
        GpuTelemetry telemetry = new GpuTelemetry(gpu);

        telemetry.begin();
        assertThat(ticked.await(20, TimeUnit.SECONDS)).isTrue();
        Window window = telemetry.end();
        telemetry.close();

        assertThat(window.series().seconds()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(window.series().columns()).containsKeys(Metric.SM_ACTIVE, Metric.POWER, Metric.THROTTLE_HARDWARE);
        assertThat(gpu.closed).isTrue();
    }

    @Test
    void windowsFollowOneAnother() {
        GpuTelemetry telemetry = new GpuTelemetry(gpu);

        telemetry.begin();
        Window first = telemetry.end();
        telemetry.begin();
        Window second = telemetry.end();

        assertThat(first.seconds()).isNotNegative();
        assertThat(second.seconds()).isNotNegative();
        assertThatThrownBy(telemetry::end).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void windowsDoNotNest() {
        GpuTelemetry telemetry = new GpuTelemetry(gpu);
        telemetry.begin();

        assertThatThrownBy(telemetry::begin)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("inside a window");
        telemetry.close();
    }

    @Test
    void aTickThatFailsFailsTheWindow() throws InterruptedException {
        CountDownLatch failed = new CountDownLatch(1);
        GpuTelemetry telemetry = new GpuTelemetry(new FakeCounters() {
            @Override
            public GpuReading<Double> powerWatt() {
                failed.countDown();
                throw new IllegalStateException("no such pointer");
            }
        });

        telemetry.begin();
        assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(telemetry::end).isInstanceOf(DeviceException.class).hasMessageContaining("no such pointer");
    }

    /** Its counters follow the real clock, as the thread does. */
    private static final class RealTimeCounters extends FakeCounters {
        private final CountDownLatch ticked;

        RealTimeCounters(CountDownLatch ticked) {
            this.ticked = ticked;
        }

        @Override
        public GpuReading<Long> sample() {
            now = System.nanoTime();
            return super.sample();
        }

        @Override
        public GpuReading<Double> powerWatt() {
            ticked.countDown();
            return super.powerWatt();
        }
    }
}
