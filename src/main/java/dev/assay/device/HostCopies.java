package dev.assay.device;

import java.util.List;

/** Copies between a device and pinned memory of its host. */
public interface HostCopies {
    /** Where this process can have pinned memory, near first. A host of one NUMA node has no far. */
    List<HostPlace> places();

    /** Uninitialised. */
    PinnedMemory allocate(long bytes, HostPlace place);

    /** Where the memory's pages were found to lie. Touches them all, so not to be asked beside what is timed. */
    HostPages pages(PinnedMemory memory, HostPlace place);

    /** Enqueues a copy of the first bytes to the device. */
    void copyIn(PinnedMemory from, DeviceMemory to, long bytes, Stream stream);

    /** Enqueues a copy of the first bytes to the host. */
    void copyOut(DeviceMemory from, PinnedMemory to, long bytes, Stream stream);
}
