package dev.assay.training.oracle;

import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;

/**
 * One way through a model: its weights, where their gradients are added, and the shape of the activations.
 *
 * @param gradients the sums so far
 */
record Pass(ParameterValues weights, ParameterValues gradients, int sequences, int length) {
    ModelShape shape() {
        return weights.layout().shape();
    }

    int rows() {
        return Math.multiplyExact(sequences, length);
    }

    /** The matrix of that name, and its bias where the model has one. */
    Layer projection(String name) {
        Parameter matrix = weights.layout().of(name);
        Linear linear = new Linear(rows(), matrix.columns(), matrix.rows());
        double[] weight = weights.of(matrix);
        Layer product =
                x -> new Traced(linear.forward(x, weight), dy -> linear.backward(x, weight, dy, gradients.of(matrix)));
        return weights.layout()
                .find(name + ".bias")
                .map(this::bias)
                .map(product::then)
                .orElse(product);
    }

    private Layer bias(Parameter vector) {
        Bias bias = new Bias(rows(), vector.columns());
        return x -> new Traced(bias.forward(x, weights.of(vector)), dy -> {
            bias.backward(dy, gradients.of(vector));
            return dy;
        });
    }

    Layer norm(String name) {
        double[] weight = weights.of(name);
        double[] dWeight = gradients.of(name);
        return switch (shape().family()) {
            case LLAMA -> {
                RmsNorm norm = new RmsNorm(rows(), weight.length);
                yield x -> new Traced(norm.forward(x, weight), dy -> norm.backward(x, weight, dy, dWeight));
            }
            case GPT -> {
                LayerNorm norm = new LayerNorm(rows(), weight.length);
                double[] bias = weights.of(name + ".bias");
                double[] dBias = gradients.of(name + ".bias");
                yield x ->
                        new Traced(norm.forward(x, weight, bias), dy -> norm.backward(x, weight, dy, dWeight, dBias));
            }
        };
    }
}
