package dev.assay.plan;

import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.InputException;

/** Measured seconds per workload and node count: {@code -Dduration=60}. */
public final class MeasuredDuration {
    /** GPM needs whole seconds to judge, and a GPU some seconds to reach its power limit. */
    private static final double LEAST_CUDA = 5;

    private static final double LEAST_REFERENCE = 1;
    private static final double MOST = 86_400;

    private MeasuredDuration() {}

    /** @throws InputException on anything but seconds within bounds */
    public static double parse(String text, DeviceKind device) {
        if (!text.strip().matches("[0-9]{1,9}(\\.[0-9]{1,9})?")) {
            throw error("\"" + text.strip().replaceAll("\\p{Cntrl}", "?") + "\"", device);
        }
        return checked(Double.parseDouble(text.strip()), device);
    }

    static double checked(double seconds, DeviceKind device) {
        if (!(seconds >= least(device) && seconds <= MOST)) {
            throw error(seconds + " s", device);
        }
        return seconds;
    }

    private static double least(DeviceKind device) {
        return device == DeviceKind.CUDA ? LEAST_CUDA : LEAST_REFERENCE;
    }

    private static InputException error(String found, DeviceKind device) {
        return new InputException(
                "Reading the measured duration (-Dduration)",
                found,
                "seconds from " + (int) least(device) + " to " + (int) MOST + " per workload and node count",
                "write for example -Dduration=60");
    }
}
