package dev.assay.worker;

import dev.assay.device.Telemetry;
import dev.assay.measurement.Metric;
import dev.assay.workload.GemmSweep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Heats until the temperature stands still: slices of load, each with the mean of its temperatures, until those of two slices a
 * minute apart differ by less than a kelvin. NVML's degrees are whole; over a minute a rise of one shows whatever is rounded.
 * All ranks heat equally long, as one that waited for another would cool.
 */
final class Plateau {
    private final GemmSweep sweep;
    private final List<Optional<Double>> means = new ArrayList<>();

    /** Runs the load so long, watched. */
    @FunctionalInterface
    interface Load {
        Telemetry.Window run(double seconds) throws Exception;
    }

    /** Whether it is so on every rank. */
    @FunctionalInterface
    interface Agreement {
        boolean onAll(boolean mine);
    }

    Plateau(GemmSweep sweep) {
        this.sweep = sweep;
    }

    /** This GPU's rise, K, over the last minute of heating; empty where it does not tell its temperature. */
    Optional<Double> heat(Load load, Agreement agreement) throws Exception {
        boolean still = false;
        while (!still && heated() + GemmSweep.SLICE_SECONDS <= sweep.mostHeatSeconds()) {
            means.add(mean(load.run(GemmSweep.SLICE_SECONDS)));
            boolean mine =
                    rise().map(kelvin -> kelvin < GemmSweep.PLATEAU_KELVIN).orElse(false);
            still = agreement.onAll(mine) && heated() >= sweep.heatSeconds();
        }
        return rise();
    }

    private double heated() {
        return means.size() * GemmSweep.SLICE_SECONDS;
    }

    private Optional<Double> rise() {
        int last = means.size() - 1;
        int before = last - GemmSweep.SLICES_A_MINUTE;
        return before < 0
                ? Optional.empty()
                : means.get(last).flatMap(now -> means.get(before).map(then -> now - then));
    }

    private static Optional<Double> mean(Telemetry.Window window) {
        return window.measurements().stream()
                .filter(seen -> seen.metric() == Metric.TEMPERATURE)
                .findFirst()
                .map(seen -> seen.samples().stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElseThrow());
    }
}
