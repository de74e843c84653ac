package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.NeedsGpu;
import dev.assay.device.cuda.TestLibraries;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What tests on GPU 0 share: it, opened once a class. */
@NeedsGpu
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnGpu {
    private CudaDevice device;

    @BeforeAll
    void open() {
        device = CudaDevice.open(0, TestLibraries.directories());
    }

    @AfterAll
    void close() {
        device.close();
    }

    public Device device() {
        return device;
    }
}
