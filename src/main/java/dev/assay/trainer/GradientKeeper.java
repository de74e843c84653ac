package dev.assay.trainer;

import dev.assay.device.DeviceMemory;

/** Where gradients are added and how they come to the rank that keeps them. */
interface GradientKeeper {
    void initialise();

    void beginMicroBatch(int number);

    /** As {@link Sharding#gradients}. */
    DeviceMemory of(int module);

    void complete(int module);

    void endMicroBatch();

    /** This rank's sums over ranks and micro-batches once the gradients' lane has come so far; what no tensor fills is zero. */
    DeviceMemory shard();
}
