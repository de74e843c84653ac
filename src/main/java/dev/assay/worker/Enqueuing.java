package dev.assay.worker;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the host took to enqueue the pieces that a value was timed by, so that a run says itself whether it was ahead. */
final class Enqueuing {
    /** By the device's clock; a piece below its resolution must not divide by zero. */
    private static final double SHORTEST_MILLIS = 1e-6;

    private Enqueuing() {}

    /**
     * One sample a piece. Its conditions are the value's and three more: {@code of}, the value's metric; {@code late}, how many
     * pieces the device came to before they were enqueued; {@code exposed}, the host's time of those in percent of the time of
     * all, none of which counts for more than its own; that is the most that calls of the host's can have added.
     *
     * @param pieces those that the value's samples are of
     * @param conditions of the value
     */
    static Measurement of(Metric value, List<Piece> pieces, Map<String, String> conditions) {
        Map<String, String> all = new HashMap<>(conditions);
        all.put("of", value.key());
        all.put("late", pieces.stream().filter(Piece::late).count() + " of " + pieces.size());
        all.put("exposed", rounded(exposed(pieces)));
        return Measurement.of(
                Metric.HOST_ENQUEUE_SHARE, pieces.stream().map(Enqueuing::share).toList(), all);
    }

    private static double share(Piece piece) {
        return percent(piece.hostMillis(), piece.milliseconds());
    }

    private static double exposed(List<Piece> pieces) {
        double host = pieces.stream()
                .filter(Piece::late)
                .mapToDouble(piece -> Math.min(piece.hostMillis(), piece.milliseconds()))
                .sum();
        return percent(host, pieces.stream().mapToDouble(Piece::milliseconds).sum());
    }

    private static double percent(double hostMillis, double milliseconds) {
        return 100 * hostMillis / Math.max(milliseconds, SHORTEST_MILLIS);
    }

    private static String rounded(double percent) {
        return new BigDecimal(percent).round(new MathContext(3)).toPlainString();
    }
}
