package dev.assay.device.reference;

import dev.assay.device.Bf16;

/** Bf16 bits as a matrix: element (i, j) lies at i · rowStride + j · columnStride. */
final class Strided {
    private static final int STRIP = 4;

    private final short[] bits;
    private final int rowStride;
    private final int columnStride;

    private Strided(short[] bits, int rowStride, int columnStride) {
        this.bits = bits;
        this.rowStride = rowStride;
        this.columnStride = columnStride;
    }

    /** As it lies there, rows of {@code width} elements. */
    static Strided rows(short[] bits, int width) {
        return new Strided(bits, width, 1);
    }

    Strided transpose() {
        return new Strided(bits, columnStride, rowStride);
    }

    /**
     * Its rows four by four, column by column: element (i, j) lies at (i − i mod 4) · width + 4 · j + i mod 4. What lacks in the
     * last four is zeros.
     */
    double[] strips(int height, int width) {
        int padded = Math.addExact(height, STRIP - 1) / STRIP * STRIP;
        double[] strips = new double[Math.multiplyExact(padded, width)];
        for (int row = 0; row < height; row += STRIP) {
            int present = Math.min(STRIP, height - row);
            int to = row * width;
            for (int j = 0; j < width; j++, to += STRIP) {
                int from = row * rowStride + j * columnStride;
                for (int i = 0; i < present; i++) {
                    strips[to + i] = Bf16.toFloat(bits[from + i * rowStride]);
                }
            }
        }
        return strips;
    }
}
