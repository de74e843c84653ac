package dev.assay.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.MemoryLoad;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.Check;
import dev.assay.measurement.StrictJson;
import dev.assay.worker.DelegatingDevice;
import dev.assay.workload.Gemm;
import dev.assay.workload.HostLaunch;
import dev.assay.workload.MemoryKernel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the benchmarks find wrong of a device that does not do what it was asked. */
class BenchmarkChecksTest {
    private static final HostLaunch LAUNCH = new HostLaunch(new Gemm(16, 16, 16), 1 << 20, 1, 2, 0.01, 4);
    private static final int CALLS = 10;

    @Test
    void everythingIsRightOnADeviceThatWorks() {
        Stage stage = Stage.set(new ReferenceDevice("node1", 0), LAUNCH, 4711);

        launchKernels();
        enqueueGemms();
        copy();

        assertThat(stage.checks())
                .allMatch(check -> check.wrong() == 0 && check.worst() <= 1)
                .extracting(Check::name)
                .containsExactly("launch.gemm.fp64", "launch.gemm.freivalds", "launch.kernel", "launch.memory");
        assertThat(stage.checks().get(2).checked()).isEqualTo(CALLS + 1);
        assertThat(stage.checks().get(3).checked()).isEqualTo((1 << 20) / Long.BYTES);
    }

    @Test
    void oneKernelThatNeverRanIsFound() {
        Stage stage = Stage.set(new Forgetful(5), LAUNCH, 4711);

        launchKernels();

        assertThat(stage.checks())
                .singleElement()
                .matches(check -> check.name().equals("launch.kernel") && check.wrong() > 0);
    }

    /** Also by the worker, which reads it as JSON: a deviation from poison is no number. */
    @Test
    void aGemmThatNeverRanIsFound() throws Exception {
        Stage stage = Stage.set(new Forgetful(0), LAUNCH, 4711);

        enqueueGemms();

        assertThat(stage.checks()).hasSize(2).allMatch(check -> check.wrong() > 0);
        String told = StrictJson.mapper().writeValueAsString(stage.checks());
        assertThat(StrictJson.mapper().readValue(told, Check[].class)).containsExactlyElementsOf(stage.checks());
    }

    @Test
    void wordsThatWereNeverCopiedAreFound() {
        Stage stage = Stage.set(new ReferenceDevice("node1", 0), LAUNCH, 4711);

        new HostCopy().check();

        assertThat(stage.checks()).singleElement().matches(check -> check.wrong() == check.checked());
    }

    @Test
    void whatSeveralThreadsCheckIsOneCheck() {
        Stage stage = Stage.set(new ReferenceDevice("node1", 0), LAUNCH, 4711);
        stage.threads(2);

        copy();
        new HostCopy().check();

        assertThat(stage.checks())
                .singleElement()
                .matches(check -> check.checked() == (1 << 20) / Long.BYTES && check.wrong() == check.checked() / 2);
    }

    private static void launchKernels() {
        KernelLaunch benchmark = new KernelLaunch();
        for (int i = 0; i < CALLS; i++) {
            benchmark.measure();
            benchmark.drain();
        }
        benchmark.check();
    }

    private static void enqueueGemms() {
        GemmEnqueue benchmark = new GemmEnqueue();
        for (int i = 0; i < CALLS; i++) {
            benchmark.measure();
            benchmark.drain();
        }
        benchmark.check();
    }

    private static void copy() {
        HostCopy benchmark = new HostCopy();
        benchmark.measure();
        benchmark.check();
    }

    /** Drops one of its launches of memory kernels, and every GEMM. */
    private static final class Forgetful extends DelegatingDevice {
        private final MemoryLoad load;

        Forgetful(int forgotten) {
            this(new ReferenceDevice("node1", 0), forgotten);
        }

        private Forgetful(Device device, int forgotten) {
            super(device);
            load = new ForgetfulLoad(device.memoryLoad(), forgotten);
        }

        @Override
        public MemoryLoad memoryLoad() {
            return load;
        }

        @Override
        public GemmRunner newGemm(Gemm gemm) {
            return new NoGemm();
        }
    }

    private static final class ForgetfulLoad implements MemoryLoad {
        private final MemoryLoad load;
        private final int forgotten;
        private int launches;

        ForgetfulLoad(MemoryLoad load, int forgotten) {
            this.load = load;
            this.forgotten = forgotten;
        }

        @Override
        public void fill(DeviceMemory target, long bytes, long seed, Stream stream) {
            load.fill(target, bytes, seed, stream);
        }

        @Override
        public void enqueue(
                MemoryKernel kernel, DeviceMemory a, DeviceMemory b, DeviceMemory c, long bytes, Stream stream) {
            if (launches++ != forgotten) {
                load.enqueue(kernel, a, b, c, bytes, stream);
            }
        }

        @Override
        public long countWrong(MemoryKernel kernel, DeviceMemory c, long bytes, long seedA, long seedB, Stream stream) {
            return load.countWrong(kernel, c, bytes, seedA, seedB, stream);
        }

        @Override
        public void layChase(DeviceMemory memory, long footprint, Stream stream) {
            load.layChase(memory, footprint, stream);
        }

        @Override
        public void chase(DeviceMemory memory, long footprint, long steps, DeviceMemory at, Stream stream) {
            load.chase(memory, footprint, steps, at, stream);
        }
    }

    private static final class NoGemm implements GemmRunner {
        @Override
        public List<byte[]> candidates() {
            return List.of(new byte[0]);
        }

        @Override
        public void choose(byte[] algorithm) {}

        @Override
        public String describe() {
            return "none";
        }

        @Override
        public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {}

        @Override
        public void close() {}
    }
}
