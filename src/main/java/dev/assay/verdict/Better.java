package dev.assay.verdict;

/** Which way a pair's value is good. */
public enum Better {
    /** Bandwidth: of a pair the least of both ends' and the link's. */
    HIGHER,
    /** Latency: of a pair the sum of both ends' and the link's. */
    LOWER;

    /** How much slower than {@code usual}, a logarithm. */
    double slowness(double usual, double value) {
        return this == HIGHER ? usual - value : value - usual;
    }

    /** A slowness in percent: bandwidth that is missing, latency that is added. */
    double percent(double slowness) {
        return 100 * (this == HIGHER ? -Math.expm1(-slowness) : Math.expm1(slowness));
    }
}
