package dev.assay.device.reference;

/** An array as a matrix: element (i, j) lies at i · rowStride + j · columnStride. */
final class Strided {
    private final float[] values;
    private final int rowStride;
    private final int columnStride;

    private Strided(float[] values, int rowStride, int columnStride) {
        this.values = values;
        this.rowStride = rowStride;
        this.columnStride = columnStride;
    }

    /** As it lies there, rows of {@code width} elements. */
    static Strided rows(float[] values, int width) {
        return new Strided(values, width, 1);
    }

    /** The transpose of what lies there in rows of {@code width} elements. */
    static Strided transposed(float[] values, int width) {
        return new Strided(values, 1, width);
    }

    float get(int row, int column) {
        return values[row * rowStride + column * columnStride];
    }

    /** Copies a part whose rows begin {@code pitch} apart in the target; reads along what lies contiguous. */
    void copy(int row, int height, int column, int width, double[] target, int pitch) {
        if (columnStride == 1) {
            for (int i = 0; i < height; i++) {
                for (int j = 0; j < width; j++) {
                    target[i * pitch + j] = get(row + i, column + j);
                }
            }
        } else {
            for (int j = 0; j < width; j++) {
                for (int i = 0; i < height; i++) {
                    target[i * pitch + j] = get(row + i, column + j);
                }
            }
        }
    }
}
