package dev.assay.training.oracle;

import java.util.function.UnaryOperator;

/** What a layer made of its input, and the way back: from the loss's gradient by the value to that by the input. */
final class Traced {
    private final double[] value;
    private final UnaryOperator<double[]> backward;

    /** @param backward adds the gradients of the layer's parameters on its way */
    Traced(double[] value, UnaryOperator<double[]> backward) {
        this.value = value;
        this.backward = backward;
    }

    double[] value() {
        return value;
    }

    double[] backward(double[] dValue) {
        Vectors.require("gradient", dValue, value.length);
        return backward.apply(dValue);
    }
}
