package dev.assay.summary;

import java.util.Collection;
import java.util.Locale;

/**
 * How long jobs took beside what the plan predicted, both without waiting in a queue.
 *
 * @param seconds wall time
 * @param predicted seconds
 */
public record Took(double seconds, double predicted) {
    public static Took of(Collection<Took> all) {
        return new Took(
                all.stream().mapToDouble(Took::seconds).sum(),
                all.stream().mapToDouble(Took::predicted).sum());
    }

    /** E.g. {@code took 39.7 s, predicted 41.0 s (-3 %)}. */
    public String words() {
        return String.format(
                Locale.ROOT,
                "took %.1f s, predicted %.1f s (%+.0f %%)",
                seconds,
                predicted,
                100 * (seconds / predicted - 1));
    }
}
