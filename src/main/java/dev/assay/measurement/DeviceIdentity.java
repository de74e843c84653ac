package dev.assay.measurement;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which GPU a rank measured.
 *
 * @param kind {@code cuda} or {@code reference}
 * @param model the name the driver gives, e.g. {@code NVIDIA H200}
 * @param memoryBytes total device memory as NVML reports it
 * @param multiprocessors SMs
 * @param computeCapability e.g. {@code 9.0}; empty on the reference device
 * @param maxSmClockMhz the highest SM clock the GPU may run at
 * @param libraries what was really mapped
 * @param facts further facts that a reviewer wants, e.g. {@code vbios}, {@code pciBusId}, {@code persistenceMode}; a fact the
 *     driver cannot tell carries its reason as value
 */
public record DeviceIdentity(
        String kind,
        String model,
        String uuid,
        String serial,
        String driver,
        long memoryBytes,
        int multiprocessors,
        String computeCapability,
        double maxSmClockMhz,
        List<Library> libraries,
        Map<String, String> facts) {
    public DeviceIdentity {
        libraries = List.copyOf(libraries);
        facts = Map.copyOf(facts);
    }

    /** This device and what else is known of it; what it said itself stands. */
    DeviceIdentity withFacts(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(more);
        all.putAll(facts);
        return new DeviceIdentity(
                kind,
                model,
                uuid,
                serial,
                driver,
                memoryBytes,
                multiprocessors,
                computeCapability,
                maxSmClockMhz,
                libraries,
                all);
    }
}
