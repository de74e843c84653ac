package dev.assay.device.reference;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryFaults;
import dev.assay.device.MemoryTest;
import dev.assay.device.Stream;
import dev.assay.device.TestWords;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The memory test, a loop each, word after word: the oracle of the kernels in {@code native/memtest.cu}. */
final class ReferenceMemoryTest implements MemoryTest {
    /** 64-bit words of one allocation, as its circuits hold them: tests put faulty ones here. */
    interface Cells {
        long get(int word);

        void set(int word, long value);

        static Cells of(ByteBuffer bytes) {
            return new Cells() {
                @Override
                public long get(int word) {
                    return bytes.getLong(Long.BYTES * word);
                }

                @Override
                public void set(int word, long value) {
                    bytes.putLong(Long.BYTES * word, value);
                }
            };
        }
    }

    private final Function<ByteBuffer, Cells> circuits;
    private final List<MemoryFaults.Fault> first = new ArrayList<>();
    private long count;

    ReferenceMemoryTest() {
        this(Cells::of);
    }

    ReferenceMemoryTest(Function<ByteBuffer, Cells> circuits) {
        this.circuits = circuits;
    }

    @Override
    public void write(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        each(memory, stream, (cells, word) -> cells.set(word, words.word(firstWord + word)));
    }

    @Override
    public void check(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        each(memory, stream, (cells, word) -> compare(words.word(firstWord + word), cells.get(word), firstWord + word));
    }

    @Override
    public void checkAndInvert(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        each(memory, stream, (cells, word) -> {
            long expected = words.word(firstWord + word);
            compare(expected, cells.get(word), firstWord + word);
            cells.set(word, ~expected);
        });
    }

    private interface Access {
        void at(Cells cells, int word);
    }

    private void each(DeviceMemory memory, Stream stream, Access access) {
        Cells cells = circuits.apply(HostMemory.of(memory).buffer(memory.bytes()));
        int words = (int) (memory.bytes() / Long.BYTES);
        SerialStream.of(stream).enqueue(() -> {
            for (int word = 0; word < words; word++) {
                access.at(cells, word);
            }
        });
    }

    /** Only on a stream's thread. */
    private void compare(long expected, long found, long place) {
        if (found != expected) {
            count++;
            if (first.size() < MemoryFaults.LOGGED) {
                first.add(new MemoryFaults.Fault(place, expected, found));
            }
        }
    }

    @Override
    public MemoryFaults takeFaults(Stream stream) {
        return SerialStream.of(stream).call(() -> {
            MemoryFaults faults = new MemoryFaults(count, first);
            count = 0;
            first.clear();
            return faults;
        });
    }

    @Override
    public void close() {}
}
