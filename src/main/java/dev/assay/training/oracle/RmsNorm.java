package dev.assay.training.oracle;

/** y = x · r · w with r = 1 / √(mean of x² + ε) of each row: x and y [rows, width], w [width]. */
public record RmsNorm(int rows, int width) {
    /** ε of Llama 2 and 3 ({@code rms_norm_eps}). */
    public static final double EPSILON = 1e-5;

    public RmsNorm {
        Vectors.size("RMSNorm", rows, width);
    }

    public double[] forward(double[] x, double[] weight) {
        check(x, weight);
        double[] y = new double[x.length];
        for (int row = 0; row < rows; row++) {
            double r = inverse(x, row);
            for (int i = 0; i < width; i++) {
                y[row * width + i] = x[row * width + i] * r * weight[i];
            }
        }
        return y;
    }

    /**
     * dw += Σ over rows of dy · x · r.
     *
     * @return dx = r · (g − x · r² · mean of g · x), where g = dy · w
     */
    public double[] backward(double[] x, double[] weight, double[] dy, double[] dWeight) {
        check(x, weight);
        Vectors.require("dy", dy, x.length);
        Vectors.require("dWeight", dWeight, width);
        double[] dx = new double[x.length];
        for (int row = 0; row < rows; row++) {
            int from = row * width;
            double r = inverse(x, row);
            double mean = 0;
            for (int i = 0; i < width; i++) {
                mean += dy[from + i] * weight[i] * x[from + i] / width;
                dWeight[i] += dy[from + i] * x[from + i] * r;
            }
            for (int i = 0; i < width; i++) {
                dx[from + i] = r * (dy[from + i] * weight[i] - x[from + i] * r * r * mean);
            }
        }
        return dx;
    }

    private double inverse(double[] x, int row) {
        return 1 / Math.sqrt(Vectors.dot(x, row * width, x, row * width, width) / width + EPSILON);
    }

    private void check(double[] x, double[] weight) {
        Vectors.require("x", x, rows * width);
        Vectors.require("weight", weight, width);
    }
}
