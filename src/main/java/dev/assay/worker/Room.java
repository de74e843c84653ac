package dev.assay.worker;

import dev.assay.device.OutOfMemoryException;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.workload.MemoryNeed;
import dev.assay.workload.Workload;

/** Whether a workload has room on its device, with the arithmetic where it has none. */
final class Room {
    private Room() {}

    /**
     * @param ranks that work together
     * @throws WorkerException before anything is allocated, where the device is too small for the sizes of the spec
     */
    static void require(Workload workload, int ranks, DeviceIdentity device, RankEnvironment environment) {
        MemoryNeed need = workload.memory(ranks);
        if (need.bytes() > device.memoryBytes()) {
            throw new WorkerException(environment.words() + " looking for room for " + workload.key() + ": it takes "
                    + need.words() + " at once, and " + device.model() + " (" + device.uuid() + ") has "
                    + MemoryNeed.size((double) device.memoryBytes()) + " in all; make the sizes of the spec smaller");
        }
    }

    /** What a refused allocation should tell beside its own words; empty for any other error. */
    static String words(Throwable error, Workload workload, int ranks) {
        MemoryNeed need = workload.memory(ranks);
        return !(error instanceof OutOfMemoryException) || need.parts().isEmpty()
                ? ""
                : "; " + workload.key() + " takes " + need.words() + " at once";
    }
}
