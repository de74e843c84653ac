package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.workload.Gemm;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The fault itself: one bit of C in memory is another, every time, and nothing else. */
class FlippedBitWorkerTest {
    private static final Gemm GEMM = new Gemm(16, 8, 24);

    @Test
    void oneBitOfEveryProductIsAnother() {
        byte[] right = product(new ReferenceDevice("n0", 0), 1);

        for (int times = 1; times <= 2; times++) {
            byte[] found = product(FlippedBitWorker.flipping(new ReferenceDevice("n0", 0)), times);

            int bits = 0;
            for (int i = 0; i < right.length; i++) {
                bits += Integer.bitCount((right[i] ^ found[i]) & 0xFF);
            }
            assertThat(bits).as("bits after %d products", times).isOne();
        }
    }

    private static byte[] product(Device device, int times) {
        try (Stream stream = device.newStream();
                DeviceMemory a = device.allocate(GEMM.bytesOfA());
                DeviceMemory b = device.allocate(GEMM.bytesOfB());
                DeviceMemory c = device.allocate(GEMM.bytesOfC());
                GemmRunner runner = device.newGemm(GEMM)) {
            device.fillMatrix(a, GEMM.precision().a(), GEMM.elementsOfA(), 1, stream);
            device.fillMatrix(b, GEMM.precision().b(), GEMM.elementsOfB(), 2, stream);
            for (int i = 0; i < times; i++) {
                runner.enqueue(a, b, c, stream);
            }
            stream.synchronize(Duration.ofMinutes(1));
            return c.read();
        } finally {
            device.close();
        }
    }
}
