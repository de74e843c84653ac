package dev.assay.worker;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectivePiece;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntBiFunction;

/** The cases of one communicator. */
final class CollectiveWork {
    /** Operations before those that are timed one by one: the first include waiting for the others to begin. */
    private static final int LEAD_IN = 5;

    private final RankContext context;
    private final Circle circle;
    private final Communicator communicator;
    private final Stream stream;
    private final DeviceMemory send;
    private final DeviceMemory receive;
    private final CollectivePace pace;
    private final long began;
    private final ToIntBiFunction<CollectiveCase, Double> iterations;
    private final Map<String, String> conditions;
    private long cases;

    /**
     * @param began by the nano clock, when this rank began with all cases
     * @param iterations of a case, by itself and the microseconds of one
     */
    CollectiveWork(
            RankContext context,
            Circle circle,
            Communicator communicator,
            Stream stream,
            DeviceMemory send,
            DeviceMemory receive,
            CollectivePace pace,
            long began,
            ToIntBiFunction<CollectiveCase, Double> iterations) {
        this.context = context;
        this.circle = circle;
        this.communicator = communicator;
        this.stream = stream;
        this.send = send;
        this.receive = receive;
        this.pace = pace;
        this.began = began;
        this.iterations = iterations;
        this.conditions = circle.conditions(Identity.bootId());
    }

    /** Where a case reads and where it writes. */
    private record Buffers(CollectiveCase what, long elements, DeviceMemory in, DeviceMemory out) {}

    /** Enqueues a case so often that the JVM compiles the path. */
    void warmUp(CollectiveCase what, int operations) throws Exception {
        Buffers buffers = buffers(what);
        fill(buffers, 0);
        Owned owned = new Owned();
        pipeline(prepare(buffers), what.batch(), owned).run((operations + what.batch() - 1) / what.batch());
        owned.close();
    }

    void run(CollectiveCase what) throws Exception {
        if (!pace.hasTimeFor(what)) {
            LeftOutLine.write(context, what.name() + ", " + circleWords(), pace.words(what));
            return;
        }
        Buffers buffers = buffers(what);
        long seed = Counter.hash(context.spec().seed(), cases++);
        fill(buffers, seed);
        Runnable once = prepare(buffers);
        once.run();
        stream.synchronize(context.within(0));

        Owned owned = new Owned();
        Runnable piece = once;
        int repetitions = what.batch();
        if (what.graph()) {
            piece = owned.own(context.device().capture(stream, () -> repeat(once, what.batch())))::enqueue;
            repetitions = 1;
        }
        Pipeline pipeline = pipeline(piece, repetitions, owned);
        circle.barrier("case");
        List<Piece> pieces = pipeline.run(what.warmUp() + what.samples());
        double longest = write(what, pieces.subList(what.warmUp(), pieces.size()));
        eachByItself(what, once, longest, owned);

        fill(buffers, seed);
        piece.run();
        check(buffers, seed);
        owned.close();
    }

    /** @param longest microseconds of one operation, which all ranks agree on: they time equally many */
    private void eachByItself(CollectiveCase what, Runnable once, double longest, Owned owned) throws Exception {
        int count = iterations.applyAsInt(what, longest);
        if (count == 0) {
            return;
        }
        Runnable one = what.graph() ? owned.own(context.device().capture(stream, once))::enqueue : once;
        circle.barrier("iterations");
        List<Double> milliseconds = Timed.each(context, stream, one, LEAD_IN + count);
        Map<String, String> single = told(what);
        single.remove("batch");
        context.writer()
                .write(Measurement.of(
                        Metric.COLLECTIVE_ITERATION,
                        milliseconds.subList(LEAD_IN, milliseconds.size()).stream()
                                .map(each -> 1e3 * each)
                                .toList(),
                        single));
    }

    private Runnable prepare(Buffers buffers) {
        return communicator.prepare(buffers.what(), buffers.elements(), buffers.in(), buffers.out(), stream);
    }

    private Pipeline pipeline(Runnable piece, int repetitions, Owned owned) {
        return new Pipeline(
                context.device(),
                owned,
                stream,
                () -> repeat(piece, repetitions),
                communicator::checkHealthy,
                context.within(0));
    }

    private static void repeat(Runnable piece, int times) {
        for (int i = 0; i < times; i++) {
            piece.run();
        }
    }

    /** In place, the smaller of the two lies in the larger, at this rank's share. */
    private Buffers buffers(CollectiveCase what) {
        CollectiveOperation operation = what.operation();
        long elements = what.elements(circle.size());
        long in = what.type().bytes() * operation.sendElements(elements, circle.size());
        long out = what.type().bytes() * operation.receiveElements(elements, circle.size());
        if (!what.inPlace()) {
            return new Buffers(what, elements, send.slice(0, in), receive.slice(0, out));
        }
        return new Buffers(
                what,
                elements,
                receive.slice(in < out ? circle.rank() * in : 0, in),
                receive.slice(out < in ? circle.rank() * out : 0, out));
    }

    /** Outputs are poisoned first: in place they hold the input afterwards, or a part of it. */
    private void fill(Buffers buffers, long seed) {
        CollectiveCase what = buffers.what();
        context.device().poison(buffers.out(), stream);
        long elements = what.operation().sendElements(buffers.elements(), circle.size());
        load().fill(buffers.in(), elements, what, seed, circle.rank(), circle.size(), stream);
    }

    private Map<String, String> told(CollectiveCase what) {
        Map<String, String> all = new TreeMap<>(conditions);
        all.putAll(what.conditions());
        all.putAll(communicator.report());
        return all;
    }

    /** Microseconds of one operation, the longest of all ranks. */
    private double write(CollectiveCase what, List<Piece> pieces) {
        List<Double> microseconds = pieces.stream()
                .map(piece -> 1e3 * piece.milliseconds() / what.batch())
                .toList();
        Map<String, String> all = told(what);
        Circle.Agreement agreement = circle.agree(microseconds, (System.nanoTime() - began) / 1e9);
        pace.told(what, agreement.elapsed(), agreement.longest());
        List<Double> gigabytesPerSecond = agreement.slowest().stream()
                .map(time -> what.busGBps(circle.size(), time))
                .toList();
        context.writer().write(Measurement.of(Metric.COLLECTIVE_TIME, microseconds, all));
        context.writer().write(Measurement.of(Metric.COLLECTIVE_BUSBW, gigabytesPerSecond, all));
        context.writer().write(Enqueuing.of(Metric.COLLECTIVE_BUSBW, pieces, all));
        return agreement.longest();
    }

    private void check(Buffers buffers, long seed) {
        CollectiveCase what = buffers.what();
        CollectiveOperation operation = what.operation();
        boolean inputOnly = operation.receivesNothing(circle.rank());
        long checked = 0;
        long wrong = 0;
        for (CollectivePiece piece : operation.expected(circle.rank(), circle.size(), buffers.elements())) {
            DeviceMemory found = inputOnly ? buffers.in() : buffers.out();
            wrong += load().countWrong(found, piece, what, seed, circle.size(), stream);
            checked += piece.elements();
        }
        communicator.checkHealthy();
        context.writer()
                .write(new Check(
                        "collective." + operation.key(),
                        checked,
                        wrong,
                        wrong == 0 ? 0 : Double.MAX_VALUE,
                        what.name() + ", " + circleWords() + (inputOnly ? ", the input that must stay" : "")));
    }

    private String circleWords() {
        return conditions.get("scope") + " of " + circle.size() + " ranks";
    }

    private CollectiveLoad load() {
        Device device = context.device();
        return device.collectiveLoad();
    }
}
