package dev.assay.benchmark;

import dev.assay.device.Event;
import dev.assay.device.Stream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An event recorded on an idle stream, and asked for until the device has come by. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EventRoundTrip {
    private final Stage stage = Stage.current();
    private final Stream stream = stage.device().newStream();
    private final Event event = stage.device().newEvent();

    @Benchmark
    public void measure() {
        stream.record(event);
        while (!event.isDone()) {
            Thread.onSpinWait();
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        event.close();
        stream.close();
    }
}
