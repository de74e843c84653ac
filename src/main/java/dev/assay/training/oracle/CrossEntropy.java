package dev.assay.training.oracle;

import java.util.Arrays;

/**
 * The head and its loss: logits = x · Wᵀ, loss of a row = ln Σ e^logits − logits[target]. x [rows, hidden], W [vocabulary,
 * hidden]. Row by row, so that the logits of only one row exist at a time.
 */
public record CrossEntropy(int rows, int hidden, int vocabulary) {
    public CrossEntropy {
        Vectors.size("cross-entropy", rows, hidden, vocabulary);
    }

    /** @return the loss of each row */
    public double[] forward(double[] x, double[] weight, int[] targets) {
        double[] losses = new double[rows];
        for (int row = 0; row < rows; row++) {
            double[] logits = logits(x, weight, row);
            losses[row] = Softmax.logSum(logits) - logits[targets[row]];
        }
        return losses;
    }

    /**
     * Of scale · Σ over rows of the loss: with d = scale · (softmax(logits) − 1 at the target), dW += dᵀ · x.
     *
     * @return dx = d · W
     */
    public double[] backward(double[] x, double[] weight, int[] targets, double scale, double[] dWeight) {
        Vectors.require("dWeight", dWeight, vocabulary * hidden);
        Linear head = new Linear(1, hidden, vocabulary);
        double[] dx = new double[rows * hidden];
        for (int row = 0; row < rows; row++) {
            double[] d = Softmax.of(logits(x, weight, row));
            d[targets[row]] -= 1;
            for (int i = 0; i < d.length; i++) {
                d[i] *= scale;
            }
            double[] dRow = head.backward(row(x, row), weight, d, dWeight);
            System.arraycopy(dRow, 0, dx, row * hidden, hidden);
        }
        return dx;
    }

    private double[] logits(double[] x, double[] weight, int row) {
        return new Linear(1, hidden, vocabulary).forward(row(x, row), weight);
    }

    private double[] row(double[] x, int row) {
        Vectors.require("x", x, rows * hidden);
        return Arrays.copyOfRange(x, row * hidden, (row + 1) * hidden);
    }
}
