package dev.assay.worker;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which cases there is still time for: where collectives take ten times what was planned, over sockets say, the largest are
 * left out rather than all lost to the launch's deadline. All ranks decide alike, by what they have told each other.
 */
final class CollectivePace {
    /** Below it an operation takes about equally long: eight bytes tell nothing of a mebibyte. */
    private static final long LATENCY_BYTES = 64 << 10;

    private final double limitSeconds;
    private final Map<CollectiveOperation, Double> secondsPerByte = new EnumMap<>(CollectiveOperation.class);
    private double elapsedSeconds;

    CollectivePace(double limitSeconds) {
        this.limitSeconds = limitSeconds;
    }

    /**
     * A communicator of another scope has another bandwidth.
     *
     * @param elapsed the latest of all ranks, seconds since they began
     */
    void nextScope(double elapsed) {
        elapsedSeconds = elapsed;
        secondsPerByte.clear();
    }

    /**
     * @param elapsed the latest of all ranks, seconds since they began
     * @param microseconds of one operation, the slowest of all ranks
     */
    void told(CollectiveCase what, double elapsed, double microseconds) {
        elapsedSeconds = elapsed;
        secondsPerByte.put(what.operation(), microseconds / 1e6 / Math.max(LATENCY_BYTES, what.bytes()));
    }

    boolean hasTimeFor(CollectiveCase what) {
        return elapsedSeconds + expectedSeconds(what) <= limitSeconds;
    }

    /** Why there is none, with its arithmetic: alike on all ranks. */
    String words(CollectiveCase what) {
        return String.format(
                Locale.ROOT,
                "%.1f s were gone and %.1f s more expected of it, %.1f s is the most",
                elapsedSeconds,
                expectedSeconds(what),
                limitSeconds);
    }

    private double expectedSeconds(CollectiveCase what) {
        double operations = 2.0 + what.batch() * (what.warmUp() + what.samples());
        return secondsPerByte.getOrDefault(what.operation(), 0.0) * Math.max(LATENCY_BYTES, what.bytes()) * operations;
    }
}
