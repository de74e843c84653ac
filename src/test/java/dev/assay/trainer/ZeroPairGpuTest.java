package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.NeedsGpu;
import dev.assay.device.cuda.TestLibraries;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes over NCCL, on GPUs 0 and 1 or, where there is one, both on it; the bounds are those of {@code same} against PyTorch,
 * wider than on the reference device, and were set before any run.
 */
@NeedsGpu
@Timeout(300)
class ZeroPairGpuTest implements ZeroTrainingContract {
    private static final long LESSON_SECONDS = 60;

    @TempDir
    Path folder;

    @Override
    public Device open() {
        return CudaDevice.open(0, TestLibraries.directories());
    }

    @Override
    public List<List<Learned>> together(Lesson lesson) throws Exception {
        return ZeroRankProcess.together(lesson, folder, Math.min(CudaDevice.count(), RANKS), LESSON_SECONDS);
    }

    @Override
    public double first() {
        return 1e-4;
    }

    @Override
    public double later() {
        return 1e-2;
    }

    @Override
    public double normPercent() {
        return 2;
    }
}
