package dev.assay.plan;

import dev.assay.training.Estimate;
import java.util.List;
import java.util.Optional;

/**
 * Times of one collective over bytes as α + X/B: α a call costs whatever its size, X the bytes on the bus, B the bus bandwidth.
 * By least squares of the relative residuals, so that small and large sizes count alike. NCCL changes its protocol and
 * algorithm on the way, which no straight line follows: the residuals say by how much.
 *
 * @param alpha seconds
 * @param bytesPerSecond on the bus
 * @param alphaError two standard errors of {@code alpha}, seconds
 * @param bandwidthError two standard errors of {@code bytesPerSecond}, of it
 * @param residual root of the mean square of the relative residuals
 */
record LinkFit(
        double alpha, double bytesPerSecond, double alphaError, double bandwidthError, double residual, int points) {
    /** Two are a line without a residual. */
    private static final int FEWEST = 3;

    /** Nothing is known better than this, however straight the line. */
    private static final double LEAST_ERROR = 0.02;

    record Point(double busBytes, double seconds) {}

    /** Empty where so few sizes, or such, tell no line that rises. */
    static Optional<LinkFit> of(List<Point> points) {
        if (points.size() < FEWEST) {
            return Optional.empty();
        }
        double aa = 0;
        double ab = 0;
        double bb = 0;
        double a = 0;
        double b = 0;
        for (Point point : points) {
            double u = 1 / point.seconds();
            double v = point.busBytes() / point.seconds();
            aa += u * u;
            ab += u * v;
            bb += v * v;
            a += u;
            b += v;
        }
        double determinant = aa * bb - ab * ab;
        if (!(determinant > 1e-12 * aa * bb)) {
            return Optional.empty();
        }
        double alpha = (a * bb - b * ab) / determinant;
        double slope = (b * aa - a * ab) / determinant;
        if (!(alpha > 0) || !(slope > 0)) {
            return Optional.empty();
        }
        double squares = points.stream()
                .mapToDouble(point -> Math.pow((alpha + slope * point.busBytes()) / point.seconds() - 1, 2))
                .sum();
        double variance = squares / (points.size() - 2);
        return Optional.of(new LinkFit(
                alpha,
                1 / slope,
                2 * Math.sqrt(variance * bb / determinant),
                2 * Math.sqrt(variance * aa / determinant) / slope,
                Math.sqrt(squares / points.size()),
                points.size()));
    }

    /** GB/s. */
    Estimate bandwidth(String source) {
        double error = Math.min(0.9, Math.max(LEAST_ERROR, Math.max(bandwidthError, 2 * residual)));
        double value = bytesPerSecond / 1e9;
        return new Estimate(value, value * (1 - error), value * (1 + error), source);
    }

    /** @param constant what NCCL's own constants say, seconds */
    Estimate latency(double constant, String source) {
        double error = Math.min(0.9, Math.max(LEAST_ERROR, alphaError / alpha));
        double value = alpha / constant;
        return new Estimate(value, value * (1 - error), value * (1 + error), source);
    }
}
