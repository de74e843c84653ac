package dev.assay.device.reference;

/** Activations, positions and loss of a training step on one element, pair or row, in fp64. */
final class ReferencePointwise {
    private static final double GELU = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715;

    private ReferencePointwise() {}

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static double silu(double x) {
        return x * sigmoid(x);
    }

    static double siluSlope(double x) {
        double s = sigmoid(x);
        return s * (1 + x * (1 - s));
    }

    static double gelu(double h) {
        return h / 2 * (1 + Math.tanh(GELU * (h + CUBIC * h * h * h)));
    }

    static double geluSlope(double h) {
        double tanh = Math.tanh(GELU * (h + CUBIC * h * h * h));
        return (1 + tanh) / 2 + h / 2 * (1 - tanh * tanh) * GELU * (1 + 3 * CUBIC * h * h);
    }

    /** Turns elements {@code low} and {@code high}. */
    static void turn(HostMemory x, long low, long high, double angle) {
        double a = x.get(low);
        double b = x.get(high);
        x.set(low, (float) (a * Math.cos(angle) - b * Math.sin(angle)));
        x.set(high, (float) (b * Math.cos(angle) + a * Math.sin(angle)));
    }

    /** The loss of one row; its logits become their gradient times scale. */
    static double crossEntropy(HostMemory logits, long start, int vocabulary, int target, double scale) {
        if (target == -1) {
            fill(logits, start, vocabulary, 0);
            return 0;
        }
        if (target < 0 || target >= vocabulary) {
            fill(logits, start, vocabulary, Float.NaN);
            return Double.NaN;
        }
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < vocabulary; i++) {
            largest = Math.max(largest, logits.get(start + i));
        }
        double sum = 0;
        for (int i = 0; i < vocabulary; i++) {
            sum += Math.exp(logits.get(start + i) - largest);
        }
        double loss = Math.log(sum) + largest - logits.get(start + target);
        for (int i = 0; i < vocabulary; i++) {
            double share = Math.exp(logits.get(start + i) - largest) / sum;
            logits.set(start + i, (float) ((share - (i == target ? 1 : 0)) * scale));
        }
        return loss;
    }

    private static void fill(HostMemory memory, long start, int count, float value) {
        for (int i = 0; i < count; i++) {
            memory.set(start + i, value);
        }
    }
}
