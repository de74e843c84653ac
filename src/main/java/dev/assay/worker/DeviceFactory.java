package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.plan.Spec;

/** Opens the device a rank works on; tests wrap one to inject faults. */
@FunctionalInterface
public interface DeviceFactory {
    Device open(Spec spec, RankEnvironment environment);

    /** What the spec asks for. */
    static Device real(Spec spec, RankEnvironment environment) {
        return switch (spec.device()) {
            case CUDA -> CudaDevice.open(environment.gpu(), spec.libraryDirectories());
            case REFERENCE -> new ReferenceDevice(environment.node(), environment.localRank());
        };
    }
}
