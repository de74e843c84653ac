package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryFaults;
import dev.assay.device.MemoryTest;
import dev.assay.device.Stream;
import dev.assay.device.TestWords;
import dev.assay.device.reference.ReferenceMemoryTest.Cells;
import dev.assay.workload.Memtest;
import dev.assay.workload.MemtestPattern;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faulty circuits under the memory test: each is found, with its address. */
class MemoryTestTest {
    private static final Memtest MEMTEST = new Memtest(4096, 4096, 8, 1);
    private static final long FIRST_WORD = 1000;
    private static final int WORD = 333;
    private static final long BIT = 1L << 21;

    private final ReferenceDevice device = new ReferenceDevice("n0", 0);

    @ParameterizedTest
    @EnumSource
    void soundMemoryHasNoFaults(MemtestPattern pattern) {
        assertThat(test(pattern, Cells.of(bytes())).count()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aBitThatFlipsOnceIsFoundOnceWithItsAddress(MemtestPattern pattern) {
        Cells cells = new Wrapped(Cells.of(bytes())) {
            private int writes;

            @Override
            public void set(int word, long value) {
                boolean flips = word == WORD && writes++ == 2;
                super.set(word, flips ? value ^ BIT : value);
            }
        };

        MemoryFaults faults = test(pattern, cells);

        assertThat(faults.count()).isOne();
        MemoryFaults.Fault fault = faults.first().get(0);
        assertThat(fault.place()).isEqualTo(FIRST_WORD + WORD);
        assertThat(fault.expected() ^ fault.found()).isEqualTo(BIT);
        assertThat(faults.words()).contains("0x" + Long.toHexString(8 * (FIRST_WORD + WORD)) + ": expected");
    }

    @ParameterizedTest
    @EnumSource
    void aBitStuckAtZeroOrOneIsFoundInEveryStep(MemtestPattern pattern) {
        Cells zero = new Wrapped(Cells.of(bytes())) {
            @Override
            public long get(int word) {
                return word == WORD ? super.get(word) & ~BIT : super.get(word);
            }
        };
        Cells one = new Wrapped(Cells.of(bytes())) {
            @Override
            public long get(int word) {
                return word == WORD ? super.get(word) | BIT : super.get(word);
            }
        };

        for (Cells stuck : List.of(zero, one)) {
            MemoryFaults faults = test(pattern, stuck);

            assertThat(faults.count()).isBetween((long) MEMTEST.steps(pattern), 2L * MEMTEST.steps(pattern));
            assertThat(faults.first())
                    .allMatch(fault -> fault.place() == FIRST_WORD + WORD && (fault.expected() ^ fault.found()) == BIT);
        }
    }

    /** Two addresses reach one cell: what was written to the one is read at the other. */
    @Test
    void aDeadAddressLineIsFoundByAddressInAddressAlreadyByWritingAndReading() {
        int line = 1 << 6;
        ReferenceMemoryTest test = new ReferenceMemoryTest(bytes -> new Wrapped(Cells.of(bytes)) {
            @Override
            public long get(int word) {
                return super.get(word & ~line);
            }

            @Override
            public void set(int word, long value) {
                super.set(word & ~line, value);
            }
        });
        TestWords words = TestWords.of(MEMTEST, MemtestPattern.ADDRESS_IN_ADDRESS, 0, 1);
        try (Stream stream = device.newStream();
                DeviceMemory memory = device.allocate(4096)) {
            test.write(words, memory, FIRST_WORD, stream);
            test.check(words, memory, FIRST_WORD, stream);

            MemoryFaults faults = test.takeFaults(stream);

            assertThat(faults.count()).isEqualTo(256);
            assertThat(faults.first()).hasSize(MemoryFaults.LOGGED).allSatisfy(fault -> {
                assertThat(fault.expected()).isEqualTo(8 * fault.place());
                assertThat(fault.found()).isEqualTo(8 * (fault.place() + line));
            });
            assertThat(faults.words()).startsWith("the first 16 found are at 0x");
            assertThat(test.takeFaults(stream).count()).as("forgotten").isZero();
        }
    }

    @Test
    void neighbouringWordsAndStepsDifferWhereThePatternSaysSo() {
        TestWords walking = TestWords.of(MEMTEST, MemtestPattern.WALKING_BITS, 1, 0);

        assertThat(walking.word(0)).isEqualTo(1L << 8);
        assertThat(walking.word(1)).isEqualTo(1L << 9);
        assertThat(walking.word(56)).isOne();
        assertThat(walking.inverse().word(56)).isEqualTo(~1L);
        assertThat(walking.inverse().inverse()).isEqualTo(walking);
    }

    /** One whole step, as the worker runs it. */
    private MemoryFaults test(MemtestPattern pattern, Cells cells) {
        MemoryTest test = new ReferenceMemoryTest(bytes -> cells);
        try (Stream stream = device.newStream();
                DeviceMemory memory = device.allocate(4096)) {
            for (int step = 0; step < MEMTEST.steps(pattern); step++) {
                TestWords words = TestWords.of(MEMTEST, pattern, step, 42);
                test.write(words, memory, FIRST_WORD, stream);
                test.checkAndInvert(words, memory, FIRST_WORD, stream);
                test.checkAndInvert(words.inverse(), memory, FIRST_WORD, stream);
                test.check(words, memory, FIRST_WORD, stream);
            }
            return test.takeFaults(stream);
        }
    }

    private static ByteBuffer bytes() {
        return ByteBuffer.allocate(4096);
    }

    private static class Wrapped implements Cells {
        private final Cells sound;

        Wrapped(Cells sound) {
            this.sound = sound;
        }

        @Override
        public long get(int word) {
            return sound.get(word);
        }

        @Override
        public void set(int word, long value) {
            sound.set(word, value);
        }
    }
}
