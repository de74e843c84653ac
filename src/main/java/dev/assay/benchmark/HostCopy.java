package dev.assay.benchmark;

import dev.assay.device.Counter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Host memory copied by every thread in arrays of its own, which lie where the thread ran when it filled them. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class HostCopy {
    private final Stage stage = Stage.current();
    private final long seed = stage.freshSeed();
    private final long[] from = new long[stage.launch().wordsPerThread(stage.threads())];
    private final long[] to = new long[from.length];

    public HostCopy() {
        for (int i = 0; i < from.length; i++) {
            from[i] = Counter.hash(seed, i);
        }
    }

    @Benchmark
    public long[] measure() {
        System.arraycopy(from, 0, to, 0, from.length);
        return to;
    }

    @TearDown(Level.Trial)
    public void check() {
        long wrong = 0;
        for (int i = 0; i < to.length; i++) {
            wrong += to[i] == Counter.hash(seed, i) ? 0 : 1;
        }
        stage.check("memory", to.length, wrong, "every word that was copied, against the generator");
    }
}
