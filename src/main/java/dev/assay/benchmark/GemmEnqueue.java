package dev.assay.benchmark;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.workload.Gemm;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Enqueueing one small GEMM by the library's favourite algorithm, into memory that was poisoned before the first. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GemmEnqueue {
    private static final int CHECKED = 64;

    private final Stage stage = Stage.current();
    private final Device device = stage.device();
    private final Gemm gemm = stage.launch().gemm();
    private final Stream stream = device.newStream();
    private final DeviceMemory a = device.allocate(gemm.bytesOfA());
    private final DeviceMemory b = device.allocate(gemm.bytesOfB());
    private final DeviceMemory c = device.allocate(gemm.bytesOfC());
    private final GemmRunner runner = device.newGemm(gemm);
    private final Drained queue = new Drained(stream, stage.launch().batch());

    public GemmEnqueue() {
        device.fillMatrix(a, gemm.precision().a(), gemm.elementsOfA(), stage.freshSeed(), stream);
        device.fillMatrix(b, gemm.precision().b(), gemm.elementsOfB(), stage.freshSeed(), stream);
        device.poison(c, stream);
        queue.drain();
    }

    @Benchmark
    public void measure() {
        runner.enqueue(a, b, c, stream);
    }

    @TearDown(Level.Invocation)
    public void drain() {
        queue.launched();
    }

    @TearDown(Level.Trial)
    public void check() {
        queue.drain();
        own(device.checkFreivalds(gemm, a, b, c, stage.freshSeed(), stream));
        own(device.checkElements(gemm, a, b, c, CHECKED, stage.freshSeed(), stream));
        runner.close();
        c.close();
        b.close();
        a.close();
        stream.close();
    }

    private void own(Check check) {
        stage.check(new Check("launch." + check.name(), check.checked(), check.wrong(), check.worst(), check.detail()));
    }
}
