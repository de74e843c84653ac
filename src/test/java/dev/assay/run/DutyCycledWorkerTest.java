package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.workload.Gemm;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The fault itself: half of the time that the load is watched it rests, and never else. */
class DutyCycledWorkerTest {
    private static final Gemm GEMM = new Gemm(8, 8, 8);
    private static final long TENTH_NANOS = 100_000_000;

    private final AtomicLong now = new AtomicLong();
    private final AtomicLong rested = new AtomicLong();

    @Test
    void itRestsHalfOfTheTimeThatItIsWatched() {
        try (Device device = DutyCycledWorker.pausing(new ReferenceDevice("n0", 0), now::get, this::rest);
                Stream stream = device.newStream();
                DeviceMemory a = device.allocate(GEMM.bytesOfA());
                DeviceMemory b = device.allocate(GEMM.bytesOfB());
                DeviceMemory c = device.allocate(GEMM.bytesOfC());
                Telemetry telemetry = device.newTelemetry();
                GemmRunner runner = device.newGemm(GEMM)) {
            multiply(runner, a, b, c, stream, 100);
            assertThat(rested).as("nobody watches").hasValue(0);

            telemetry.begin();
            long began = now.get();
            multiply(runner, a, b, c, stream, 100);
            telemetry.end();
            assertThat((double) rested.get() / (now.get() - began)).isBetween(0.45, 0.55);

            long before = rested.get();
            multiply(runner, a, b, c, stream, 100);
            assertThat(rested).as("nobody watches any more").hasValue(before);
        }
    }

    /** One every tenth of a second. */
    private void multiply(GemmRunner runner, DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream, int times) {
        for (int i = 0; i < times; i++) {
            now.addAndGet(TENTH_NANOS);
            runner.enqueue(a, b, c, stream);
        }
    }

    private void rest(long nanos) {
        now.addAndGet(nanos);
        rested.addAndGet(nanos);
    }
}
