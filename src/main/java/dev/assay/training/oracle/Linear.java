package dev.assay.training.oracle;

/** y = x · Wᵀ: x [rows, inputs], W [outputs, inputs], y [rows, outputs]. */
public record Linear(int rows, int inputs, int outputs) {
    public Linear {
        Vectors.size("linear", rows, inputs, outputs);
    }

    public double[] forward(double[] x, double[] weight) {
        check(x, weight);
        double[] y = new double[rows * outputs];
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < outputs; output++) {
                y[row * outputs + output] = Vectors.dot(x, row * inputs, weight, output * inputs, inputs);
            }
        }
        return y;
    }

    /**
     * dW += dyᵀ · x.
     *
     * @return dx = dy · W
     */
    public double[] backward(double[] x, double[] weight, double[] dy, double[] dWeight) {
        check(x, weight);
        Vectors.require("dy", dy, rows * outputs);
        Vectors.require("dWeight", dWeight, weight.length);
        double[] dx = new double[x.length];
        for (int row = 0; row < rows; row++) {
            for (int output = 0; output < outputs; output++) {
                double gradient = dy[row * outputs + output];
                Vectors.addScaled(gradient, weight, output * inputs, dx, row * inputs, inputs);
                Vectors.addScaled(gradient, x, row * inputs, dWeight, output * inputs, inputs);
            }
        }
        return dx;
    }

    private void check(double[] x, double[] weight) {
        Vectors.require("x", x, rows * inputs);
        Vectors.require("weight", weight, outputs * inputs);
    }
}
