package dev.assay.benchmark;

import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.Stream;
import dev.assay.workload.MemoryKernel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Enqueueing one kernel of one block. It adds the sum of a small buffer to a counter on the device, so that the counter tells
 * in the end whether every launch has run.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelLaunch {
    private static final long BYTES = 256;

    private final Stage stage = Stage.current();
    private final Stream stream = stage.device().newStream();
    private final MemoryLoad load = stage.device().memoryLoad();
    private final DeviceMemory numbers = stage.device().allocate(BYTES);
    private final DeviceMemory sum = stage.device().allocate(BYTES);
    private final Drained queue = new Drained(stream, stage.launch().batch());
    private final long wrongAtFirst;
    private final long once;
    private long launches;

    public KernelLaunch() {
        long seed = stage.freshSeed();
        load.fill(numbers, BYTES, seed, stream);
        stage.device().poison(sum, stream);
        enqueue();
        wrongAtFirst = load.countWrong(MemoryKernel.READ, sum, BYTES, seed, 0, stream);
        once = total();
    }

    @Benchmark
    public void measure() {
        launches++;
        enqueue();
    }

    @TearDown(Level.Invocation)
    public void drain() {
        queue.launched();
    }

    @TearDown(Level.Trial)
    public void check() {
        queue.drain();
        boolean right = wrongAtFirst == 0 && total() == (launches + 1) * once;
        stage.check("kernel", launches + 1, right ? 0 : launches + 1, "every launch has added its sum on the device");
        sum.close();
        numbers.close();
        stream.close();
    }

    private void enqueue() {
        load.enqueue(MemoryKernel.READ, numbers, numbers, sum, BYTES, stream);
    }

    /** All sums on top of the poison, −1. */
    private long total() {
        return 1
                + ByteBuffer.wrap(sum.slice(0, Long.BYTES).read())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getLong();
    }
}
