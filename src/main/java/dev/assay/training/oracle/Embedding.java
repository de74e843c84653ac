package dev.assay.training.oracle;

/** y[row] = table[id[row]]: table [entries, width], y [rows, width]. Of tokens, and of learned positions. */
public record Embedding(int entries, int width) {
    public Embedding {
        Vectors.size("embedding", entries, width);
    }

    public double[] forward(int[] ids, double[] table) {
        Vectors.require("table", table, entries * width);
        double[] y = new double[ids.length * width];
        for (int row = 0; row < ids.length; row++) {
            System.arraycopy(table, ids[row] * width, y, row * width, width);
        }
        return y;
    }

    /** dTable[id[row]] += dy[row]. */
    public void backward(int[] ids, double[] dy, double[] dTable) {
        Vectors.require("dy", dy, ids.length * width);
        Vectors.require("dTable", dTable, entries * width);
        for (int row = 0; row < ids.length; row++) {
            Vectors.addScaled(1, dy, row * width, dTable, ids[row] * width, width);
        }
    }
}
