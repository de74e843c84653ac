package dev.assay.device.cuda;

import dev.assay.device.DeviceMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** On GPU 0. */
class TrainingGpuTest extends GpuTest implements TrainingContract {
    private final List<DeviceMemory> taken = new ArrayList<>();

    @Override
    public TrainingBench bench() {
        return new TrainingBench(device.trainingKernels(), stream, this::allocate);
    }

    @AfterEach
    void free() {
        taken.forEach(DeviceMemory::close);
        taken.clear();
    }

    private DeviceMemory allocate(long bytes) {
        DeviceMemory memory = device.allocate(bytes);
        taken.add(memory);
        return memory;
    }
}
