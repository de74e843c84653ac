package dev.assay.training.oracle;

/** A differentiable function of activations. */
interface Layer {
    Traced forward(double[] x);

    /** next(this(x)). */
    default Layer then(Layer next) {
        return x -> {
            Traced first = forward(x);
            Traced second = next.forward(first.value());
            return new Traced(second.value(), dy -> first.backward(second.backward(dy)));
        };
    }

    /** x + this(x). */
    default Layer residual() {
        return x -> {
            Traced branch = forward(x);
            return new Traced(Vectors.sum(x, branch.value()), dy -> Vectors.sum(dy, branch.backward(dy)));
        };
    }
}
