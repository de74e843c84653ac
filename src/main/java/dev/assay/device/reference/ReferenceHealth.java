package dev.assay.device.reference;

import dev.assay.device.Health;
import java.util.List;

/** Plain Java wears no part out. */
final class ReferenceHealth implements Health {
    @Override
    public void begin() {}

    @Override
    public Report end() {
        return Report.none("the reference device has no counters");
    }

    @Override
    public List<String> alarms() {
        return List.of();
    }

    @Override
    public void close() {}
}
