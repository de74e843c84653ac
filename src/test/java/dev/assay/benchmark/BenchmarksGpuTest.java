package dev.assay.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.NeedsGpu;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.measurement.Check;
import dev.assay.workload.Gemm;
import dev.assay.workload.HostLaunch;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** The benchmarks on GPU 0, in another thread than the one that opened it, as JMH does it. */
@NeedsGpu
class BenchmarksGpuTest {
    private static final int CALLS = 1000;

    @Test
    void everythingThatTheyLaunchHasRun() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
            HostLaunch launch = new HostLaunch(new Gemm(256, 256, 256), 1 << 20, 0, 1, 0.01, 128);
            Stage stage = Stage.set(device, launch, new Random().nextLong());

            thread.submit(BenchmarksGpuTest::launchAll).get();

            assertThat(stage.checks())
                    .allMatch(check -> check.wrong() == 0 && check.worst() <= 1)
                    .extracting(Check::name)
                    .containsExactly("launch.gemm.fp64", "launch.gemm.freivalds", "launch.kernel");
        } finally {
            thread.shutdownNow();
        }
    }

    private static void launchAll() {
        KernelLaunch kernel = new KernelLaunch();
        EventRoundTrip event = new EventRoundTrip();
        GemmEnqueue gemm = new GemmEnqueue();
        for (int call = 0; call < CALLS; call++) {
            kernel.measure();
            kernel.drain();
            event.measure();
            gemm.measure();
            gemm.drain();
        }
        kernel.check();
        event.close();
        gemm.check();
    }
}
