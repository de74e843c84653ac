package dev.assay.training.oracle;

/** The feed-forward part of a layer, between its norm and the residual sum. */
final class FeedForward {
    private FeedForward() {}

    static Layer of(Pass pass, String prefix) {
        Layer up = pass.projection(prefix + ".up");
        Layer down = pass.projection(prefix + ".down");
        return switch (pass.shape().family()) {
            case LLAMA -> gated(pass.projection(prefix + ".gate"), up).then(down);
            case GPT ->
                up.then(x -> new Traced(Gelu.forward(x), dy -> Gelu.backward(x, dy)))
                        .then(down);
        };
    }

    private static Layer gated(Layer gate, Layer up) {
        return x -> {
            Traced g = gate.forward(x);
            Traced u = up.forward(x);
            return new Traced(SwiGlu.forward(g.value(), u.value()), dy -> {
                double[] dGate = new double[dy.length];
                double[] dUp = new double[dy.length];
                SwiGlu.backward(g.value(), u.value(), dy, dGate, dUp);
                return Vectors.sum(g.backward(dGate), u.backward(dUp));
            });
        };
    }
}
