package dev.assay.trainer;

import dev.assay.device.DelegatingGemm;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.worker.DelegatingDevice;
import dev.assay.workload.LinearGemm;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Counts what is made on it. Memory must be the reference device's own, so it is seen when it is made, not when it is used. */
final class WatchedDevice extends DelegatingDevice {
    private final List<Long> allocated = new ArrayList<>();
    private final Set<LinearGemm> multiplied = new LinkedHashSet<>();
    private int made;

    WatchedDevice(Device device) {
        super(device);
    }

    /** Bytes of each allocation, in their order. */
    List<Long> allocated() {
        return allocated;
    }

    /** Memory, streams, events and GEMMs. */
    int made() {
        return made;
    }

    /** Each GEMM that was enqueued, once. */
    Set<LinearGemm> multiplied() {
        return multiplied;
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        made++;
        allocated.add(bytes);
        return super.allocate(bytes);
    }

    @Override
    public Stream newStream() {
        made++;
        return super.newStream();
    }

    @Override
    public Event newEvent() {
        made++;
        return super.newEvent();
    }

    @Override
    public GemmRunner newLinear(LinearGemm gemm) {
        made++;
        return new DelegatingGemm(super.newLinear(gemm)) {
            @Override
            public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {
                multiplied.add(gemm);
                super.enqueue(a, b, c, stream);
            }
        };
    }
}
