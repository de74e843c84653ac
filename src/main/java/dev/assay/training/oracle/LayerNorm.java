package dev.assay.training.oracle;

/**
 * y = n · w + b with n = (x − mean) · r and r = 1 / √(variance + ε) of each row, the variance over width, not width − 1: x and
 * y [rows, width], w and b [width].
 */
public record LayerNorm(int rows, int width) {
    /** PyTorch's default and GPT-2's. */
    public static final double EPSILON = 1e-5;

    public LayerNorm {
        Vectors.size("LayerNorm", rows, width);
    }

    public double[] forward(double[] x, double[] weight, double[] bias) {
        check(x, weight);
        Vectors.require("bias", bias, width);
        double[] y = new double[x.length];
        for (int row = 0; row < rows; row++) {
            double mean = mean(x, row);
            double r = inverse(x, row, mean);
            for (int i = 0; i < width; i++) {
                y[row * width + i] = (x[row * width + i] - mean) * r * weight[i] + bias[i];
            }
        }
        return y;
    }

    /**
     * dw += Σ over rows of dy · n; db += Σ over rows of dy.
     *
     * @return dx = r · (g − mean of g − n · mean of g · n), where g = dy · w
     */
    public double[] backward(double[] x, double[] weight, double[] dy, double[] dWeight, double[] dBias) {
        check(x, weight);
        Vectors.require("dy", dy, x.length);
        Vectors.require("dWeight", dWeight, width);
        Vectors.require("dBias", dBias, width);
        double[] dx = new double[x.length];
        for (int row = 0; row < rows; row++) {
            int from = row * width;
            double mean = mean(x, row);
            double r = inverse(x, row, mean);
            double meanOfG = 0;
            double meanOfGn = 0;
            for (int i = 0; i < width; i++) {
                double n = (x[from + i] - mean) * r;
                meanOfG += dy[from + i] * weight[i] / width;
                meanOfGn += dy[from + i] * weight[i] * n / width;
                dWeight[i] += dy[from + i] * n;
                dBias[i] += dy[from + i];
            }
            for (int i = 0; i < width; i++) {
                double n = (x[from + i] - mean) * r;
                dx[from + i] = r * (dy[from + i] * weight[i] - meanOfG - n * meanOfGn);
            }
        }
        return dx;
    }

    private double mean(double[] x, int row) {
        double sum = 0;
        for (int i = 0; i < width; i++) {
            sum += x[row * width + i];
        }
        return sum / width;
    }

    private double inverse(double[] x, int row, double mean) {
        double squares = 0;
        for (int i = 0; i < width; i++) {
            double distance = x[row * width + i] - mean;
            squares += distance * distance;
        }
        return 1 / Math.sqrt(squares / width + EPSILON);
    }

    private void check(double[] x, double[] weight) {
        Vectors.require("x", x, rows * width);
        Vectors.require("weight", weight, width);
    }
}
