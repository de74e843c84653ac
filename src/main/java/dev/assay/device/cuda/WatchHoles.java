package dev.assay.device.cuda;

import java.util.Locale;
import java.util.Map;

/**
 * Times in which the watch was held up, by a busy host or by a driver that starts NCCL. GPM counts on meanwhile, so it is known
 * afterwards whether the GPU worked while nobody looked.
 */
final class WatchHoles {
    /** Five ticks; less is a tick that came late. */
    static final double LEAST_SECONDS = 1;

    /** SM-active, %: of a hole of three seconds 150 ms of work, as of a launch that has just begun. */
    static final double IDLE_PERCENT = 5;

    private double all;
    private double idle;
    private double longest;
    private String words = "";

    /**
     * @param from second of the window
     * @param active mean of SM-active in between; refused: the GPU may have worked
     */
    void between(double from, double to, GpuReading<Double> active) {
        double seconds = to - from;
        if (seconds < LEAST_SECONDS) {
            return;
        }
        all += seconds;
        idle += active.fold(percent -> percent <= IDLE_PERCENT ? seconds : 0.0, reason -> 0.0);
        if (seconds > longest) {
            longest = seconds;
            words = text(seconds) + " s from second " + text(from) + ", SM-active "
                    + active.fold(percent -> text(percent) + " %", reason -> "unknown");
        }
    }

    /** Of the rate of ticks; none where the watch was never held up. */
    Map<String, String> conditions(double windowSeconds) {
        return all == 0
                ? Map.of()
                : Map.of("seconds", text(windowSeconds), "heldUp", text(all), "idle", text(idle), "longest", words);
    }

    private static String text(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
