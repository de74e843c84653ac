package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Bf16;
import dev.assay.device.Checksum;
import dev.assay.device.Counter;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kernel but those of the GEMM against its Java oracle, on fresh random input, on GPU 0. */
class CudaDeviceTest extends GpuTest {

    @Test
    void theIdentityIsWhole() {
        DeviceIdentity identity = device.identity();

        assertThat(identity.kind()).isEqualTo("cuda");
        assertThat(identity.model()).startsWith("NVIDIA");
        assertThat(identity.uuid()).matches("GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(identity.multiprocessors()).isPositive();
        assertThat(identity.computeCapability()).matches("\\d+\\.\\d");
        assertThat(identity.memoryBytes()).isGreaterThan(1L << 30);
        assertThat(identity.libraries()).extracting("name").contains("CUDA driver", "cuBLASLt");
        assertThat(identity.libraries()).allSatisfy(library -> {
            assertThat(library.path()).startsWith("/");
            assertThat(library.sha256()).matches("[0-9a-f]{64}");
            assertThat(library.version()).isNotBlank();
        });
        assertThat(identity.facts()).containsKey("kernels");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 255, 256, 257, 1_000_003})
    void normalFillIsTheCountersBitForBit(int elements) {
        try (DeviceMemory memory = poisoned(2L * elements + 2)) {
            device.fillMatrix(memory, ElementType.BF16, elements, seed, stream);

            short[] got = shorts(memory);
            assertThat(Arrays.copyOf(got, elements)).isEqualTo(oracle(elements, i -> Counter.bf16Normal(seed, i)));
            assertThat(got[elements]).as("the element behind the last").isEqualTo((short) -1);
        }
    }

    @Test
    void normalFillReachesBeyondTwoToTheThirtyOneElements() {
        long elements = (1L << 31) + 77;
        try (DeviceMemory memory = device.allocate(2 * elements)) {
            DeviceMemory tail = memory.slice(2 * elements - 2000, 2000);
            device.poison(tail, stream);

            device.fillMatrix(memory, ElementType.BF16, elements, seed, stream);

            assertThat(shorts(tail)).isEqualTo(oracle(1000, i -> Counter.bf16Normal(seed, elements - 1000 + i)));
        }
    }

    @ParameterizedTest
    @CsvSource({"1001, 0, 1", "1001, 1, 2", "100003, 6, 8", "1001, 63, 64", "1001, 127, 128", "100003, 150, 200"})
    void gradientFillIsTheCountersBitForBit(int elements, int rank, int ranks) {
        try (DeviceMemory memory = poisoned(2L * elements)) {
            device.fillGradient(memory, elements, seed, rank, ranks, stream);

            assertThat(shorts(memory))
                    .isEqualTo(oracle(elements, i -> Bf16.of(Counter.gradient(seed, i, rank, ranks))));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8, 64, 200})
    void rightSumsAreRightAndOnePlantedErrorIsFound(int ranks) {
        int elements = 10_007;
        short[] sums = oracle(elements, i -> Bf16.of(sum(i, ranks)));
        try (DeviceMemory memory = poisoned(2L * elements)) {
            assertThat(device.countWrongSums(memory, elements, seed, ranks, stream))
                    .as("never written")
                    .isEqualTo(elements);

            memory.write(bytes(sums));
            assertThat(device.countWrongSums(memory, elements, seed, ranks, stream))
                    .isZero();

            int at = new Random().nextInt(elements);
            sums[at] = Bf16.of(Bf16.toFloat(sums[at]) + 1);
            memory.write(bytes(sums));
            assertThat(device.countWrongSums(memory, elements, seed, ranks, stream))
                    .as("element %d off by one", at)
                    .isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 63, 4096, 1_000_003})
    void checksumIsTheDefinedOne(int length) {
        byte[] bytes = new byte[length + 16];
        new Random().nextBytes(bytes);
        try (DeviceMemory memory = poisoned(bytes.length)) {
            memory.write(bytes);

            assertThat(device.checksum(memory, length, stream)).isEqualTo(Checksum.of(bytes, length));
            assertThat(enqueued(memory, length)).isEqualTo(Checksum.of(bytes, length));
            for (int offset : new int[] {1, 2, 8}) {
                DeviceMemory slice = memory.slice(offset, Math.max(1, length));
                assertThat(device.checksum(slice, length, stream))
                        .as("at offset %d", offset)
                        .isEqualTo(Checksum.of(Arrays.copyOfRange(bytes, offset, offset + length)));
            }
        }
    }

    @Test
    void poisonIsNotANumber() {
        try (DeviceMemory memory = device.allocate(10)) {
            memory.write(new byte[10]);

            device.poison(memory, stream);

            assertThat(shorts(memory)).containsOnly((short) -1);
            assertThat(Bf16.toFloat((short) -1)).isNaN();
        }
    }

    @Test
    void eventsOrderStreamsAndTellTime() throws InterruptedException {
        long elements = 1L << 28;
        try (DeviceMemory memory = device.allocate(2 * elements);
                Stream second = device.newStream();
                Event start = device.newEvent();
                Event middle = device.newEvent();
                Event end = device.newEvent()) {
            device.fillMatrix(memory, ElementType.BF16, elements, seed, stream);
            stream.synchronize(DEADLINE);

            long before = System.nanoTime();
            stream.record(start);
            device.fillMatrix(memory, ElementType.BF16, elements, seed, stream);
            stream.record(middle);
            second.await(middle);
            second.record(end);
            second.synchronize(DEADLINE);
            double wall = (System.nanoTime() - before) / 1e6;

            assertThat(start.isDone() && middle.isDone() && end.isDone()).isTrue();
            double fill = middle.millisecondsSince(start);
            assertThat(fill).isBetween(0.01, wall);
            assertThat(end.millisecondsSince(start))
                    .isGreaterThanOrEqualTo(fill)
                    .isLessThanOrEqualTo(wall + 0.1);
            assertThat(start.millisecondsSince(start)).isCloseTo(0, within(1e-3));
        }
    }

    @Test
    void aDeadlineThatPassesIsAnError() {
        long elements = 1L << 30;
        try (DeviceMemory memory = device.allocate(2 * elements)) {
            for (int i = 0; i < 20; i++) {
                device.fillMatrix(memory, ElementType.BF16, elements, seed, stream);
            }
            assertThatThrownBy(() -> stream.synchronize(Duration.ofNanos(1)))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("waiting for a stream on NVIDIA")
                    .hasMessageContaining("GPU-");
            stream.synchronize(DEADLINE);
        }
    }

    @Test
    void tooMuchMemorySaysHowMuchWasAskedAndHowMuchIsFree() {
        long tooMuch = 1L << 42;

        assertThatThrownBy(() -> device.allocate(tooMuch))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("allocating " + tooMuch + " bytes on NVIDIA")
                .hasMessageContaining("cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY (2): ")
                .hasMessageContaining("bytes are free");
    }

    @Test
    void aGpuThatIsNotThereSaysHowManyAre() {
        assertThatThrownBy(() -> CudaDevice.open(1000, TestLibraries.directories()))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("opening GPU 1000")
                .hasMessageContaining("CUDA_VISIBLE_DEVICES");
    }

    @Test
    void slicesStayInside() {
        try (DeviceMemory memory = device.allocate(100)) {
            assertThat(memory.slice(40, 60).bytes()).isEqualTo(60);
            assertThatThrownBy(() -> memory.slice(40, 61)).hasMessageContaining("0..100");
            assertThatThrownBy(() -> memory.slice(Long.MAX_VALUE, 2)).hasMessageContaining("0..100");
            assertThatThrownBy(() -> memory.write(new byte[101])).hasMessageContaining("101");
            assertThatThrownBy(() -> device.fillMatrix(memory, ElementType.BF16, 51, seed, stream))
                    .hasMessageContaining("102");
        }
    }

    private long enqueued(DeviceMemory memory, long length) {
        try (DeviceMemory digest = poisoned(Long.BYTES)) {
            device.enqueueChecksum(memory, length, digest, stream);
            stream.synchronize(Duration.ofMinutes(1));
            return ByteBuffer.wrap(digest.read()).order(ByteOrder.nativeOrder()).getLong();
        }
    }

    private DeviceMemory poisoned(long bytes) {
        DeviceMemory memory = device.allocate(bytes);
        device.poison(memory, stream);
        return memory;
    }

    private int sum(int index, int ranks) {
        int sum = 0;
        for (int rank = 0; rank < ranks; rank++) {
            sum += Counter.gradient(seed, index, rank, ranks);
        }
        return sum;
    }

    private static short[] oracle(int elements, IntFunction<Short> element) {
        short[] values = new short[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = element.apply(i);
        }
        return values;
    }

    static short[] shorts(DeviceMemory memory) {
        byte[] bytes = memory.read();
        short[] values = new short[bytes.length / 2];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(values);
        return values;
    }

    static byte[] bytes(short[] values) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asShortBuffer().put(values);
        return buffer.array();
    }
}
