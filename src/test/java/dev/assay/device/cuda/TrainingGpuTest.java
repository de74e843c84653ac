package dev.assay.device.cuda;

/** On GPU 0. */
class TrainingGpuTest extends GpuTest implements TrainingContract {
    @Override
    public TrainingBench bench() {
        return new TrainingBench(device.trainingKernels(), stream, device::allocate);
    }
}
