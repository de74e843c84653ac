package dev.assay.training.oracle;

/** GELU in the tanh form of GPT-2 and GPT-3: y = x/2 · (1 + tanh(√(2/π) · (x + 0.044715 · x³))), element by element. */
public final class Gelu {
    private static final double SCALE = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715;

    private Gelu() {}

    public static double[] forward(double[] x) {
        double[] y = new double[x.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = x[i] / 2 * (1 + tanh(x[i]));
        }
        return y;
    }

    /** @return dx */
    public static double[] backward(double[] x, double[] dy) {
        Vectors.require("dy", dy, x.length);
        double[] dx = new double[x.length];
        for (int i = 0; i < dx.length; i++) {
            double tanh = tanh(x[i]);
            double slope = (1 - tanh * tanh) * SCALE * (1 + 3 * CUBIC * x[i] * x[i]);
            dx[i] = dy[i] * ((1 + tanh) / 2 + x[i] / 2 * slope);
        }
        return dx;
    }

    private static double tanh(double x) {
        return Math.tanh(SCALE * (x + CUBIC * x * x * x));
    }
}
