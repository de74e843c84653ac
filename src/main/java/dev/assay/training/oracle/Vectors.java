package dev.assay.training.oracle;

/** Loops over stretches of arrays, and the check that an array has the size that its shape says. */
final class Vectors {
    private Vectors() {}

    /** Σ a[aFrom + i] · b[bFrom + i]; four sums side by side, because one addition would wait for the one before. */
    static double dot(double[] a, int aFrom, double[] b, int bFrom, int count) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            sum0 += a[aFrom + i] * b[bFrom + i];
            sum1 += a[aFrom + i + 1] * b[bFrom + i + 1];
            sum2 += a[aFrom + i + 2] * b[bFrom + i + 2];
            sum3 += a[aFrom + i + 3] * b[bFrom + i + 3];
        }
        for (; i < count; i++) {
            sum0 += a[aFrom + i] * b[bFrom + i];
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** y[yFrom + i] += scale · x[xFrom + i]. */
    static void addScaled(double scale, double[] x, int xFrom, double[] y, int yFrom, int count) {
        for (int i = 0; i < count; i++) {
            y[yFrom + i] += scale * x[xFrom + i];
        }
    }

    static double[] sum(double[] a, double[] b) {
        require("summand", b, a.length);
        double[] sum = a.clone();
        addScaled(1, b, 0, sum, 0, sum.length);
        return sum;
    }

    static void require(String what, double[] array, int size) {
        if (array.length != size) {
            throw new IllegalArgumentException(
                    "training oracle: " + what + " must have " + size + " elements, got " + array.length);
        }
    }

    /** rows · columns, both > 0. */
    static int size(String what, int... factors) {
        int size = 1;
        for (int factor : factors) {
            if (factor <= 0) {
                throw new IllegalArgumentException(
                        "training oracle: " + what + " must have every size > 0, got " + factor);
            }
            size = Math.multiplyExact(size, factor);
        }
        return size;
    }
}
