package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryFaults;
import dev.assay.device.MemoryTest;
import dev.assay.device.TestWords;
import dev.assay.workload.Memtest;
import dev.assay.workload.MemtestPattern;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of the memory test against {@link TestWords}, over sizes that fill no block, on GPU 0. */
class CudaMemoryTestGpuTest extends GpuTest {
    private static final int WORDS = 2 * 100_003;
    private static final long FIRST_WORD = 1L << 33;
    private static final Memtest MEMTEST = new Memtest(1 << 20, 1 << 20, 64, 1);

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenAndInvertedIsWhatTheOracleSays(MemtestPattern pattern) {
        TestWords words = words(pattern);
        try (DeviceMemory memory = device.allocate(8L * WORDS + 16);
                MemoryTest test = device.newMemoryTest()) {
            device.poison(memory, stream);
            DeviceMemory tested = memory.slice(0, 8L * WORDS);

            test.write(words, tested, FIRST_WORD, stream);
            assertHolds(memory, words);
            test.checkAndInvert(words, tested, FIRST_WORD, stream);
            assertHolds(memory, words.inverse());
            test.check(words.inverse(), tested, FIRST_WORD, stream);

            assertThat(test.takeFaults(stream)).isEqualTo(new MemoryFaults(0, List.of()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlippedBitIsFoundWithItsAddressByBothChecks(MemtestPattern pattern) {
        TestWords words = words(pattern).inverse();
        int word = random.nextInt(WORDS);
        long flipped = 1L << random.nextInt(64);
        try (DeviceMemory memory = device.allocate(8L * WORDS);
                MemoryTest test = device.newMemoryTest()) {
            test.write(words, memory, FIRST_WORD, stream);
            memory.slice(8L * word, 8).write(bytes(words.word(FIRST_WORD + word) ^ flipped));

            test.check(words, memory, FIRST_WORD, stream);
            MemoryFaults checked = test.takeFaults(stream);
            test.checkAndInvert(words, memory, FIRST_WORD, stream);
            MemoryFaults inverted = test.takeFaults(stream);

            assertThat(checked.count()).isOne();
            assertThat(checked.first().get(0).place()).isEqualTo(FIRST_WORD + word);
            assertThat(checked.first().get(0).expected()).isEqualTo(words.word(FIRST_WORD + word));
            assertThat(checked.first().get(0).found()).isEqualTo(words.word(FIRST_WORD + word) ^ flipped);
            assertThat(inverted).isEqualTo(checked);
            test.check(words.inverse(), memory, FIRST_WORD, stream);
            assertThat(test.takeFaults(stream).count())
                    .as("mended by inverting")
                    .isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void memoryThatWasNeverWrittenIsWrongEverywhere(MemtestPattern pattern) {
        try (DeviceMemory memory = device.allocate(8L * WORDS);
                MemoryTest test = device.newMemoryTest()) {
            device.poison(memory, stream);

            test.check(words(pattern), memory, FIRST_WORD, stream);

            MemoryFaults faults = test.takeFaults(stream);
            assertThat(faults.count()).isEqualTo(WORDS);
            assertThat(faults.first()).hasSize(MemoryFaults.LOGGED).allMatch(fault -> fault.found() == -1);
        }
    }

    private TestWords words(MemtestPattern pattern) {
        return TestWords.of(MEMTEST, pattern, random.nextInt(MEMTEST.steps(pattern)), random.nextLong());
    }

    private static void assertHolds(DeviceMemory memory, TestWords words) {
        ByteBuffer found = ByteBuffer.wrap(memory.read()).order(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < WORDS; word++) {
            assertThat(found.getLong(8 * word)).as("word %d", word).isEqualTo(words.word(FIRST_WORD + word));
        }
        assertThat(found.getLong(8 * WORDS)).as("the word behind the last").isEqualTo(-1);
    }

    private static byte[] bytes(long word) {
        return ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(word)
                .array();
    }
}
