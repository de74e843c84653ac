package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.NeedsGpu;
import dev.assay.device.cuda.TestLibraries;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** On GPU 0, with NCCL communicators of one rank. */
@NeedsGpu
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZeroGpuTest implements ZeroAloneContract {
    private CudaDevice device;

    @BeforeAll
    void open() {
        device = CudaDevice.open(0, TestLibraries.directories());
    }

    @AfterAll
    void close() {
        device.close();
    }

    @Override
    public Device device() {
        return device;
    }
}
