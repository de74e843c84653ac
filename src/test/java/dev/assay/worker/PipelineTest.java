package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.Event;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final double PIECE_MILLIS = 1000;
    private static final long SLOW_NANOS = 2_000_000;

    private int records;

    @Test
    void aHostThatIsAheadHidesWhatItTakesToEnqueue() {
        List<Piece> pieces = pipeline(new Clock(1, PIECE_MILLIS), () -> {}).run(20);

        assertThat(pieces).hasSize(20).allMatch(piece -> !piece.late());
        Measurement told = Enqueuing.of(Metric.HBM_BANDWIDTH, pieces, Map.of("kernel", "copy"));
        assertThat(told.metric()).isEqualTo(Metric.HOST_ENQUEUE_SHARE);
        assertThat(told.samples()).hasSize(20).allMatch(percent -> percent > 0 && percent < 100);
        assertThat(told.conditions())
                .containsOnly(
                        Map.entry("kernel", "copy"),
                        Map.entry("of", "hbm.bandwidth"),
                        Map.entry("late", "0 of 20"),
                        Map.entry("exposed", "0"));
    }

    @Test
    void aPieceThatTakesLongerToEnqueueThanToRunIsTold() {
        List<Piece> pieces =
                pipeline(new Clock(0, SLOW_NANOS / 2e6), PipelineTest::slow).run(5);

        assertThat(pieces).allMatch(Piece::late).allMatch(piece -> piece.hostNanos() >= SLOW_NANOS);
        Measurement told = Enqueuing.of(Metric.HBM_BANDWIDTH, pieces, Map.of());
        assertThat(told.samples()).allMatch(percent -> percent >= 200);
        assertThat(told.conditions()).containsEntry("late", "5 of 5").containsEntry("exposed", "100");
    }

    @Test
    void ofALatePieceNoMoreThanItsOwnTimeIsExposedAndOfOthersNothing() {
        List<Piece> pieces = List.of(
                new Piece(10, 1_000_000, true), new Piece(10, 50_000_000, true), new Piece(80, 60_000_000, false));

        Measurement told = Enqueuing.of(Metric.GEMM_TFLOPS, pieces, Map.of());

        assertThat(told.samples()).containsExactly(10.0, 500.0, 75.0);
        assertThat(told.conditions()).containsEntry("late", "2 of 3").containsEntry("exposed", "11");
    }

    @Test
    void aPauseBeforeAPieceIsNotInItsTime() {
        Pipeline pipeline = pipeline(new Clock(1, PIECE_MILLIS), () -> {});

        pipeline.run(2);
        int before = records;
        pipeline.run(2);

        assertThat(records - before).as("a begin and two ends").isEqualTo(3);
    }

    private static void slow() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < SLOW_NANOS) {
            Thread.onSpinWait();
        }
    }

    private Pipeline pipeline(Clock clock, Runnable piece) {
        Device device = new DelegatingDevice(new ReferenceDevice("node1", 0)) {
            @Override
            public Event newEvent() {
                return clock.newEvent();
            }
        };
        return new Pipeline(device, new Owned(), new Recording(), piece, () -> {}, Duration.ofSeconds(10));
    }

    /**
     * Events by a device of its own pace.
     *
     * @param looks at an event before it is done, from its last record on
     */
    private record Clock(int looks, double milliseconds) {
        TestEvent newEvent() {
            return new TestEvent(this);
        }
    }

    private static final class TestEvent implements Event {
        private final Clock clock;
        private int looks;

        TestEvent(Clock clock) {
            this.clock = clock;
        }

        void recorded() {
            looks = clock.looks();
        }

        @Override
        public boolean isDone() {
            return looks-- <= 0;
        }

        @Override
        public double millisecondsSince(Event earlier) {
            return clock.milliseconds();
        }

        @Override
        public void close() {}
    }

    private final class Recording implements Stream {
        @Override
        public void record(Event event) {
            records++;
            ((TestEvent) event).recorded();
        }

        @Override
        public void await(Event event) {}

        @Override
        public void synchronize(Duration deadline) {}

        @Override
        public void close() {}
    }
}
