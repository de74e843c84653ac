package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.reference.ReferenceDevice;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestedMemoryTest {
    private static final long MEBIBYTE = 1 << 20;
    private final Owned owned = new Owned();

    @Test
    void theChunksLieOneBehindTheOtherAndReachTheGoal() {
        TestedMemory memory = TestedMemory.take(new ReferenceDevice("n", 0), owned, 100_016, 32_000);

        assertThat(memory.bytes()).isEqualTo(100_016);
        assertThat(memory.upwards())
                .extracting(TestedMemory.Chunk::firstWord)
                .containsExactly(0L, 4000L, 8000L, 12000L);
        assertThat(memory.downwards())
                .extracting(TestedMemory.Chunk::firstWord)
                .containsExactly(4000L, 0L, 12000L, 8000L);
    }

    @Test
    void whatTheDeviceRefusesIsAskedForInHalves() {
        TestedMemory memory = TestedMemory.take(withFree(23 * MEBIBYTE), owned, 40 * MEBIBYTE, 16 * MEBIBYTE);

        assertThat(memory.upwards())
                .extracting(chunk -> chunk.memory().bytes() / MEBIBYTE)
                .containsExactly(16L, 4L, 2L);
    }

    @Test
    void noMemoryAtAllIsAnErrorWithTheDevicesReason() {
        assertThatThrownBy(() -> TestedMemory.take(withFree(0), owned, 40 * MEBIBYTE, 16 * MEBIBYTE))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("not even one chunk")
                .hasMessageContaining("0 bytes are free");
    }

    /** A device that has so much memory and can do nothing else. */
    private static Device withFree(long bytes) {
        List<Long> taken = new ArrayList<>();
        ReferenceDevice device = new ReferenceDevice("n", 0);
        return (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                    long free =
                            bytes - taken.stream().mapToLong(Long::longValue).sum();
                    long asked = (long) arguments[0];
                    if (asked > free) {
                        throw new DeviceException(free + " bytes are free");
                    }
                    taken.add(asked);
                    DeviceMemory memory = device.allocate(asked);
                    return memory;
                });
    }
}
