package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.Stream;
import dev.assay.workload.MemoryKernel;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryLoadTest {
    private static final long BYTES = 4096;
    private final Device device = new ReferenceDevice("n0", 0);
    private final MemoryLoad load = device.memoryLoad();

    @ParameterizedTest
    @EnumSource
    void aFlippedBitIsFound(MemoryKernel kernel) {
        try (Stream stream = device.newStream();
                DeviceMemory a = device.allocate(BYTES);
                DeviceMemory b = device.allocate(BYTES);
                DeviceMemory c = device.allocate(BYTES)) {
            load.fill(a, BYTES, 1, stream);
            load.fill(b, BYTES, 2, stream);
            device.poison(c, stream);
            load.enqueue(kernel, a, b, c, BYTES, stream);
            assertThat(load.countWrong(kernel, c, BYTES, 1, 2, stream)).isZero();
            stream.synchronize(Duration.ofSeconds(10));

            byte[] bytes = c.read();
            bytes[3] ^= 4;
            c.write(bytes);

            assertThat(load.countWrong(kernel, c, BYTES, 1, 2, stream)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKernelThatNeverRanIsFound(MemoryKernel kernel) {
        try (Stream stream = device.newStream();
                DeviceMemory c = device.allocate(BYTES)) {
            device.poison(c, stream);

            assertThat(load.countWrong(kernel, c, BYTES, 1, 2, stream)).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2, 64, 4096})
    void aChaseVisitsEveryLineOnce(long lines) {
        Set<Long> seen = new HashSet<>();
        long line = 0;
        for (long step = 0; step < lines; step++) {
            seen.add(line);
            line = MemoryLoad.nextLine(line, lines);
        }

        assertThat(seen).hasSize((int) lines);
        assertThat(line).isZero();
    }
}
