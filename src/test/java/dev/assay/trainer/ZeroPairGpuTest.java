package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.NeedsGpu;
import dev.assay.device.cuda.TestLibraries;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * On GPUs 0 and 1, over NCCL, a thread each; the bounds are those of {@code same} against PyTorch, wider than on the reference
 * device, and were set before any run. Skipped below two GPUs.
 */
@NeedsGpu
@Timeout(300)
@EnabledIf(value = "two", disabledReason = "two GPUs are needed")
class ZeroPairGpuTest implements ZeroTrainingContract {
    static boolean two() {
        return CudaDevice.count() >= 2;
    }

    /** With everything bound that is bound at the first use, while no other thread binds. */
    @Override
    public Device open(int rank) {
        CudaDevice device = CudaDevice.open(rank, TestLibraries.directories());
        device.trainingKernels();
        device.newCommunicatorId();
        return device;
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
