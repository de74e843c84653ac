package dev.assay.worker;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryFaults;
import dev.assay.device.MemoryTest;
import dev.assay.device.Stream;
import dev.assay.device.TestWords;
import java.time.Duration;

/** A memory test over memory in which the lowest bit of one word is 1, whatever is written. */
final class StuckBit implements MemoryTest {
    private final MemoryTest test;
    private final long stuckWord;

    StuckBit(MemoryTest test, long stuckWord) {
        this.test = test;
        this.stuckWord = stuckWord;
    }

    @Override
    public void write(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        test.write(words, memory, firstWord, stream);
        stick(memory, firstWord, stream);
    }

    @Override
    public void check(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        test.check(words, memory, firstWord, stream);
    }

    @Override
    public void checkAndInvert(TestWords words, DeviceMemory memory, long firstWord, Stream stream) {
        test.checkAndInvert(words, memory, firstWord, stream);
        stick(memory, firstWord, stream);
    }

    private void stick(DeviceMemory memory, long firstWord, Stream stream) {
        long at = Long.BYTES * (stuckWord - firstWord);
        if (at >= 0 && at < memory.bytes()) {
            stream.synchronize(Duration.ofSeconds(10));
            DeviceMemory lowest = memory.slice(at, 1);
            lowest.write(new byte[] {(byte) (lowest.read()[0] | 1)});
        }
    }

    @Override
    public MemoryFaults takeFaults(Stream stream) {
        return test.takeFaults(stream);
    }

    @Override
    public void close() {
        test.close();
    }
}
