package dev.assay.verdict;

import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Library;
import java.util.List;
import java.util.Map;

/** The fields of a device's identity, to change some of them in a test. */
final class DeviceFields {
    String kind;
    String model;
    String uuid;
    String driver;
    long memoryBytes;
    double maxSmClockMhz;
    List<Library> libraries;
    Map<String, String> facts;

    private final DeviceIdentity from;

    DeviceFields(DeviceIdentity from) {
        this.from = from;
        kind = from.kind();
        model = from.model();
        uuid = from.uuid();
        driver = from.driver();
        memoryBytes = from.memoryBytes();
        maxSmClockMhz = from.maxSmClockMhz();
        libraries = from.libraries();
        facts = from.facts();
    }

    DeviceIdentity device() {
        return new DeviceIdentity(
                kind,
                model,
                uuid,
                from.serial(),
                driver,
                memoryBytes,
                from.multiprocessors(),
                from.computeCapability(),
                maxSmClockMhz,
                libraries,
                facts);
    }
}
