package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.Stream;

/** One way to keep states. Says what it needs before anything is allocated. */
public interface ShardingFactory {
    /** Names everything that {@link #open} will take from the arena. */
    void plan(TrainerSetup setup, AllocationPlan plan);

    /**
     * @param memory what was planned, by its names
     * @param compute where everything but what travels is enqueued
     */
    Sharding open(TrainerSetup setup, Device device, Arena memory, Stream compute);

    /** @param clock is to be told of all that travels and of every wait for it; a way that sends nothing needs none */
    default Sharding open(TrainerSetup setup, Device device, Arena memory, Stream compute, StepClock clock) {
        return open(setup, device, memory, compute);
    }
}
