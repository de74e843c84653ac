package dev.assay.device.reference;

/**
 * C = L · R in fp64, L being m × k and R k × n: every element is the sum of its products in ascending order.
 *
 * <p>Made in tiles of 4 × 4, whose sums stay in registers, from strips of four rows of L and four columns of R, each laid out in
 * the order in which it is read: fast under the JIT's first compiler too, which makes no vectors and runs the unit tests.
 */
final class BlockedProduct {
    private static final int TILE = 4;

    private final int m;
    private final int n;
    private final int k;
    private final Strided left;
    private final Strided right;
    private final double[] tile = new double[TILE * TILE];

    BlockedProduct(int m, int n, int k, Strided left, Strided right) {
        this.m = m;
        this.n = n;
        this.k = k;
        this.left = left;
        this.right = right;
    }

    /**
     * Rounds the sums into a row-major matrix, with what it holds added before if they accumulate.
     *
     * @param scale that they are multiplied by
     */
    void into(Matrix c, boolean accumulate, double scale) {
        double[] rows = left.strips(m, k);
        double[] columns = right.transpose().strips(n, k);
        for (int column = 0; column < n; column += TILE) {
            for (int row = 0; row < m; row += TILE) {
                multiply(rows, row * k, columns, column * k);
                round(c, row, column, accumulate, scale);
            }
        }
    }

    /** Of the strips that begin at x and y. */
    private void multiply(double[] rows, int x, double[] columns, int y) {
        double s00 = 0, s01 = 0, s02 = 0, s03 = 0;
        double s10 = 0, s11 = 0, s12 = 0, s13 = 0;
        double s20 = 0, s21 = 0, s22 = 0, s23 = 0;
        double s30 = 0, s31 = 0, s32 = 0, s33 = 0;
        int end = x + k * TILE;
        for (int i = x, j = y; i < end; i += TILE, j += TILE) {
            double r0 = columns[j];
            double r1 = columns[j + 1];
            double r2 = columns[j + 2];
            double r3 = columns[j + 3];
            double l = rows[i];
            s00 += l * r0;
            s01 += l * r1;
            s02 += l * r2;
            s03 += l * r3;
            l = rows[i + 1];
            s10 += l * r0;
            s11 += l * r1;
            s12 += l * r2;
            s13 += l * r3;
            l = rows[i + 2];
            s20 += l * r0;
            s21 += l * r1;
            s22 += l * r2;
            s23 += l * r3;
            l = rows[i + 3];
            s30 += l * r0;
            s31 += l * r1;
            s32 += l * r2;
            s33 += l * r3;
        }
        setRow(0, s00, s01, s02, s03);
        setRow(1, s10, s11, s12, s13);
        setRow(2, s20, s21, s22, s23);
        setRow(3, s30, s31, s32, s33);
    }

    private void setRow(int row, double s0, double s1, double s2, double s3) {
        tile[row * TILE] = s0;
        tile[row * TILE + 1] = s1;
        tile[row * TILE + 2] = s2;
        tile[row * TILE + 3] = s3;
    }

    private void round(Matrix c, int row, int column, boolean accumulate, double scale) {
        for (int i = 0; i < Math.min(TILE, m - row); i++) {
            for (int j = 0; j < Math.min(TILE, n - column); j++) {
                long at = (long) (row + i) * n + column + j;
                double sum = tile[i * TILE + j] * scale;
                c.set(at, accumulate ? c.get(at) + sum : sum);
            }
        }
    }
}
