package dev.assay.trainer;

import dev.assay.device.DeviceMemory;

/** Where bf16 weights lie and how they come to where they are read. */
interface WeightKeeper {
    void initialise();

    void beginMicroBatch();

    /** As {@link Sharding#weights}. */
    DeviceMemory of(int module, Pass pass);

    void release(int module, Pass pass);

    /** As {@link Sharding#recomputed}. */
    Arrival recomputed(int module);

    /** What this rank updates; all of it is written on the compute stream. */
    DeviceMemory shard();

    /** This rank's have been written on the compute stream: enqueues what brings all ranks' together. */
    void updated();
}
