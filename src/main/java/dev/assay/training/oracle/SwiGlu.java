package dev.assay.training.oracle;

/** y = gate · σ(gate) · up, element by element, σ the logistic function. */
public final class SwiGlu {
    private SwiGlu() {}

    public static double[] forward(double[] gate, double[] up) {
        Vectors.require("up", up, gate.length);
        double[] y = new double[gate.length];
        for (int i = 0; i < y.length; i++) {
            y[i] = gate[i] * sigmoid(gate[i]) * up[i];
        }
        return y;
    }

    /** Adds to dGate and dUp. */
    public static void backward(double[] gate, double[] up, double[] dy, double[] dGate, double[] dUp) {
        Vectors.require("up", up, gate.length);
        Vectors.require("dy", dy, gate.length);
        Vectors.require("dGate", dGate, gate.length);
        Vectors.require("dUp", dUp, gate.length);
        for (int i = 0; i < dy.length; i++) {
            double sigmoid = sigmoid(gate[i]);
            dGate[i] += dy[i] * up[i] * sigmoid * (1 + gate[i] * (1 - sigmoid));
            dUp[i] += dy[i] * gate[i] * sigmoid;
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
