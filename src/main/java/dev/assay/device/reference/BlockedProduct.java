package dev.assay.device.reference;

import java.util.Arrays;

/**
 * C = L · R in fp64, L being m × k and R k × n: every element is the sum of its products in ascending order.
 *
 * <p>C is made a band of columns at a time, from panels of R that fit a core's cache; that changes no order. The innermost
 * loop runs along rows of both, so the JIT makes vectors of it; in doubles it is as fast as in floats.
 */
final class BlockedProduct {
    /** Columns of a band. */
    private static final int BAND = 256;
    /** Rows of a panel: with a band's columns 128 KiB of doubles. */
    private static final int DEPTH = 64;

    private static final int UNROLLED = 4;

    private final int m;
    private final int n;
    private final int k;
    private final Strided left;
    private final Strided right;
    private final double[] panel = new double[DEPTH * BAND];

    BlockedProduct(int m, int n, int k, Strided left, Strided right) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.left = left;
        this.right = right;
    }

    /** Rounds the sums into a row-major matrix, with what it holds added before if they accumulate. */
    void into(Matrix c, boolean accumulate) {
        double[] sums = new double[Math.toIntExact((long) m * BAND)];
        for (int column = 0; column < n; column += BAND) {
            int width = Math.min(BAND, n - column);
            Arrays.fill(sums, 0);
            for (int from = 0; from < k; from += DEPTH) {
                int depth = Math.min(DEPTH, k - from);
                right.copy(from, depth, column, width, panel, BAND);
                for (int i = 0; i < m; i++) {
                    addPanel(sums, i, from, depth, width);
                }
            }
            round(sums, c, column, width, accumulate);
        }
    }

    private void addPanel(double[] sums, int i, int from, int depth, int width) {
        int p = 0;
        for (; p + UNROLLED <= depth; p += UNROLLED) {
            double l0 = left.get(i, from + p);
            double l1 = left.get(i, from + p + 1);
            double l2 = left.get(i, from + p + 2);
            double l3 = left.get(i, from + p + 3);
            addFour(sums, i * BAND, width, p * BAND, l0, l1, l2, l3);
        }
        for (; p < depth; p++) {
            double l = left.get(i, from + p);
            for (int j = 0; j < width; j++) {
                sums[i * BAND + j] += l * panel[p * BAND + j];
            }
        }
    }

    /** The innermost loop: four rows of the panel onto one of the sums, which is read and written once for them. */
    private void addFour(double[] sums, int to, int width, int at, double l0, double l1, double l2, double l3) {
        double[] rows = panel;
        for (int j = 0; j < width; j++) {
            sums[to + j] = sums[to + j]
                    + l0 * rows[at + j]
                    + l1 * rows[at + BAND + j]
                    + l2 * rows[at + 2 * BAND + j]
                    + l3 * rows[at + 3 * BAND + j];
        }
    }

    private void round(double[] sums, Matrix c, int column, int width, boolean accumulate) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < width; j++) {
                long at = (long) i * n + column + j;
                double sum = sums[i * BAND + j];
                c.set(at, accumulate ? c.get(at) + sum : sum);
            }
        }
    }
}
