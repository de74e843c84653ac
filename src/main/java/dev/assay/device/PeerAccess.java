package dev.assay.device;

import dev.assay.workload.PeerMethod;
import java.util.Map;

/** Memory of the other devices of this host, each held by a process of its own. */
public interface PeerAccess {
    /** What the others need to know this device by, for {@link #path}. */
    byte[] address();

    /** Uninitialised memory of this device that may be offered. */
    DeviceMemory allocate(long bytes);

    /** What another process of this host needs to open the whole memory. */
    byte[] offer(DeviceMemory allocated);

    /** Nobody will open it any more; those who have keep it. */
    void withdraw(DeviceMemory allocated);

    /**
     * The memory behind another process's offer; its owner must keep it until it is closed here.
     *
     * @throws DeviceException where this device cannot reach it
     */
    DeviceMemory open(byte[] offer, long bytes);

    /**
     * Memory on another device that this process takes for itself, for a device that it cannot reach directly: copies to and
     * from it go through the host.
     *
     * @param address the other's
     * @throws DeviceException where this process does not see that device
     */
    DeviceMemory stage(byte[] address, long bytes);

    /** Enqueues a copy of the first bytes; at least one end is this device's own. */
    void copy(PeerMethod method, DeviceMemory from, DeviceMemory to, long bytes, Stream stream);

    /**
     * What lies between this device and another, as conditions of a measurement: {@code via} (nvlink, pcie or host),
     * {@code p2p}, {@code links}.
     *
     * @param address the other's
     */
    Map<String, String> path(byte[] address);
}
