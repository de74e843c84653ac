package dev.assay.training.oracle;

import dev.assay.training.ModelShape;

/** The attention part of a layer, between its norm and the residual sum: projections, rotary positions, attention, output. */
final class SelfAttention implements Layer {
    private final Layer query;
    private final Layer key;
    private final Layer value;
    private final Attention attention;
    private final Layer output;

    SelfAttention(Pass pass, String prefix) {
        ModelShape shape = pass.shape();
        query = positioned(pass, pass.projection(prefix + ".query"), shape.heads());
        key = positioned(pass, pass.projection(prefix + ".key"), shape.kvHeads());
        value = pass.projection(prefix + ".value");
        attention = new Attention(pass.sequences(), pass.length(), shape.heads(), shape.kvHeads(), shape.headSize());
        output = pass.projection(prefix + ".output");
    }

    private static Layer positioned(Pass pass, Layer projection, int heads) {
        return switch (pass.shape().family()) {
            case LLAMA -> {
                Rope rope = new Rope(
                        pass.sequences(),
                        pass.length(),
                        heads,
                        pass.shape().headSize(),
                        pass.shape().ropeBase());
                yield projection.then(x -> new Traced(rope.forward(x), rope::backward));
            }
            case GPT -> projection;
        };
    }

    @Override
    public Traced forward(double[] x) {
        Traced q = query.forward(x);
        Traced k = key.forward(x);
        Traced v = value.forward(x);
        Traced out = output.forward(attention.forward(q.value(), k.value(), v.value()));
        return new Traced(out.value(), dy -> {
            double[] dq = new double[q.value().length];
            double[] dk = new double[k.value().length];
            double[] dv = new double[v.value().length];
            attention.backward(q.value(), k.value(), v.value(), out.backward(dy), dq, dk, dv);
            return Vectors.sum(Vectors.sum(q.backward(dq), k.backward(dk)), v.backward(dv));
        });
    }
}
