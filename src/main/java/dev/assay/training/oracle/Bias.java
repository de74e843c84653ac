package dev.assay.training.oracle;

/** y = x + b: x and y [rows, width], b [width]. */
public record Bias(int rows, int width) {
    public Bias {
        Vectors.size("bias", rows, width);
    }

    public double[] forward(double[] x, double[] bias) {
        Vectors.require("x", x, rows * width);
        Vectors.require("bias", bias, width);
        double[] y = x.clone();
        for (int row = 0; row < rows; row++) {
            Vectors.addScaled(1, bias, 0, y, row * width, width);
        }
        return y;
    }

    /** db += the sum of dy's rows; dx is dy itself. */
    public void backward(double[] dy, double[] dBias) {
        Vectors.require("dy", dy, rows * width);
        Vectors.require("dBias", dBias, width);
        for (int row = 0; row < rows; row++) {
            Vectors.addScaled(1, dy, row * width, dBias, 0, width);
        }
    }
}
