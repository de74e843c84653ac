package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.ElementType;

/** Joins as it should, and then leaves every sum as this rank had it: each trains alone and nobody complains. */
final class DeafCommunicator extends DelegatingCommunicator {
    DeafCommunicator(Communicator communicator) {
        super(communicator);
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {}

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {}
}
