package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.MemoryFaults;
import dev.assay.device.MemoryTest;
import dev.assay.device.Stream;
import dev.assay.device.TestWords;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Memtest;
import dev.assay.workload.MemtestPattern;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Takes the free memory and tests it pattern by pattern, all of it in every step. */
final class MemtestRunner implements Runner {
    private static final double MEBIBYTE = 1 << 20;

    private final RankContext context;
    private final Memtest memtest;

    MemtestRunner(RankContext context, Memtest memtest) {
        this.context = context;
        this.memtest = memtest;
    }

    @Override
    public void run() throws Exception {
        Device device = context.device();
        context.phase("prepare", 0);
        long free = device.freeBytes();
        context.writer().write(Measurement.of(Metric.MEMORY_FREE, List.of(free / MEBIBYTE), Map.of()));
        Stream stream = context.owned().own(device.newStream());
        MemoryTest test = context.owned().own(device.newMemoryTest());
        TestedMemory memory = TestedMemory.take(device, context.owned(), memtest.goal(free), memtest.chunkBytes());
        context.writer().write(Measurement.of(Metric.MEMTEST_SHARE, List.of(100.0 * memory.bytes() / free), Map.of()));
        context.world().all().barrier("measure");

        context.phase("measure", context.spec().measuredSeconds());
        for (MemtestPattern pattern : MemtestPattern.values()) {
            test(pattern, test, memory, stream);
        }
    }

    private void test(MemtestPattern pattern, MemoryTest test, TestedMemory memory, Stream stream) {
        long compared = warmUp(pattern, test, memory, stream);
        List<TestWords> steps = steps(pattern);
        Iterator<TestWords> next = steps.iterator();
        Pipeline pipeline = new Pipeline(
                context.device(),
                context.owned(),
                stream,
                () -> step(next.next(), test, memory, stream),
                () -> {},
                context.within(0));
        List<Piece> pieces = pipeline.run(steps.size());
        List<Double> gigabytesPerSecond = pieces.stream()
                .map(piece -> Memtest.moved(memory.bytes()) / piece.milliseconds() / 1e6)
                .toList();
        Map<String, String> conditions = Map.of("pattern", pattern.key(), "bytes", Long.toString(memory.bytes()));
        context.writer().write(Measurement.of(Metric.MEMTEST_BANDWIDTH, gigabytesPerSecond, conditions));
        context.writer().write(Enqueuing.of(Metric.MEMTEST_BANDWIDTH, pieces, conditions));

        MemoryFaults faults = test.takeFaults(stream);
        context.writer()
                .write(new Check(
                        "memtest." + pattern.key(),
                        compared + steps.size() * Memtest.compared(memory.bytes()),
                        faults.count(),
                        faults.count() == 0 ? 0 : Double.MAX_VALUE,
                        faults.words()));
    }

    private static void step(TestWords words, MemoryTest test, TestedMemory memory, Stream stream) {
        memory.upwards().forEach(chunk -> test.write(words, chunk.memory(), chunk.firstWord(), stream));
        memory.upwards().forEach(chunk -> test.checkAndInvert(words, chunk.memory(), chunk.firstWord(), stream));
        memory.downwards()
                .forEach(chunk -> test.checkAndInvert(words.inverse(), chunk.memory(), chunk.firstWord(), stream));
        memory.upwards().forEach(chunk -> test.check(words, chunk.memory(), chunk.firstWord(), stream));
    }

    /** The first launch of a kernel loads it. What is found here counts as well; the words compared. */
    private long warmUp(MemtestPattern pattern, MemoryTest test, TestedMemory memory, Stream stream) {
        TestedMemory.Chunk first = memory.upwards().get(0);
        TestWords words = TestWords.of(memtest, pattern, 0, seed(0));
        test.write(words, first.memory(), first.firstWord(), stream);
        test.checkAndInvert(words, first.memory(), first.firstWord(), stream);
        test.check(words.inverse(), first.memory(), first.firstWord(), stream);
        return 2 * first.memory().bytes() / Long.BYTES;
    }

    private List<TestWords> steps(MemtestPattern pattern) {
        List<TestWords> steps = new ArrayList<>();
        for (int pass = 0; pass < memtest.passes(); pass++) {
            for (int step = 0; step < memtest.steps(pattern); step++) {
                steps.add(TestWords.of(memtest, pattern, step, seed(pass)));
            }
        }
        return steps;
    }

    private long seed(int pass) {
        return Counter.hash(context.spec().seed(), 64 + pass);
    }
}
