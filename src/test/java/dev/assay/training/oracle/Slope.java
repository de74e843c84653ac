package dev.assay.training.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * Derivatives by finite differences: the five-point central difference, whose own error is of order h⁴ times a fifth
 * derivative, which is large where a norm sees a row near zero; so h is small. Functions of order 1 to 10 are rounded by about
 * 10⁻¹⁵, which leaves some 10⁻¹¹ in the quotient, hence the absolute floor.
 */
final class Slope {
    private static final double H = 2e-4;
    private static final double RELATIVE = 1e-6;
    private static final double FLOOR = 2e-10;

    private Slope() {}

    static double of(DoubleSupplier function, double[] x, int index) {
        double[] direction = new double[x.length];
        direction[index] = 1;
        return along(function, x, direction);
    }

    /** Of the function of x + t · direction, by t, at 0. */
    static double along(DoubleSupplier function, double[] x, double[] direction) {
        return (8 * (at(function, x, direction, H) - at(function, x, direction, -H))
                        - (at(function, x, direction, 2 * H) - at(function, x, direction, -2 * H)))
                / (12 * H);
    }

    private static double at(DoubleSupplier function, double[] x, double[] direction, double t) {
        double[] kept = x.clone();
        Vectors.addScaled(t, direction, 0, x, 0, x.length);
        double value = function.getAsDouble();
        System.arraycopy(kept, 0, x, 0, x.length);
        return value;
    }

    static void assertEqual(String what, long seed, double gradient, double slope) {
        assertThat(gradient).as("%s, seed %d", what, seed).isCloseTo(slope, within(RELATIVE * Math.abs(slope) + FLOOR));
    }

    /** Every element of the gradient. */
    static void assertGradient(String what, long seed, DoubleSupplier function, double[] x, double[] gradient) {
        assertThat(gradient).as(what).hasSameSizeAs(x);
        for (int i = 0; i < x.length; i++) {
            assertEqual(what + "[" + i + "]", seed, gradient[i], of(function, x, i));
        }
    }

    static double[] normals(Random random, int count, double deviation) {
        return random.doubles(count, 0, 1)
                .map(ignored -> random.nextGaussian() * deviation)
                .toArray();
    }

    static double dot(double[] a, double[] b) {
        assertThat(a).hasSameSizeAs(b);
        return Vectors.dot(a, 0, b, 0, a.length);
    }
}
