package dev.assay.training.oracle;

import dev.assay.training.MicroBatch;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import java.util.Arrays;

/** A whole model with its weights, which it reads anew at each call: forward to logits and losses, backward to gradients. */
public final class Decoder {
    private final ParameterValues weights;
    private final ModelShape shape;

    public Decoder(ParameterValues weights) {
        this.weights = weights;
        this.shape = weights.layout().shape();
    }

    /** Shape [sequences · length, vocabulary]. */
    public double[] logits(MicroBatch batch) {
        check(batch);
        double[] hidden = hidden(pass(batch, ParameterValues.zeros(weights.layout())), batch.tokens())
                .value();
        return new Linear(batch.size(), shape.hidden(), shape.vocabulary()).forward(hidden, weights.of(head()));
    }

    /** The cross-entropy of each position, in nats; shape [sequences · length]. */
    public double[] losses(MicroBatch batch) {
        check(batch);
        double[] hidden = hidden(pass(batch, ParameterValues.zeros(weights.layout())), batch.tokens())
                .value();
        return crossEntropy(batch).forward(hidden, weights.of(head()), batch.targets());
    }

    /**
     * Forward and backward: the gradient of scale · Σ of the positions' losses is added to {@code gradients}.
     *
     * @return the loss of each position, not scaled
     */
    public double[] backward(MicroBatch batch, double scale, ParameterValues gradients) {
        check(batch);
        Traced hidden = hidden(pass(batch, gradients), batch.tokens());
        double[] head = weights.of(head());
        double[] dHead = gradients.of(head());
        CrossEntropy crossEntropy = crossEntropy(batch);
        hidden.backward(crossEntropy.backward(hidden.value(), head, batch.targets(), scale, dHead));
        return crossEntropy.forward(hidden.value(), head, batch.targets());
    }

    private CrossEntropy crossEntropy(MicroBatch batch) {
        return new CrossEntropy(batch.size(), shape.hidden(), shape.vocabulary());
    }

    private Pass pass(MicroBatch batch, ParameterValues gradients) {
        return new Pass(weights, gradients, batch.sequences(), batch.length());
    }

    /** Up to the last norm; shape [sequences · length, hidden]. */
    private Traced hidden(Pass pass, int[] tokens) {
        double[] embedded = embed(pass, tokens);
        Traced top = layers(pass).forward(embedded);
        return new Traced(top.value(), dy -> {
            double[] dEmbedded = top.backward(dy);
            embedBackward(pass, tokens, dEmbedded);
            return dEmbedded;
        });
    }

    private Layer layers(Pass pass) {
        Layer last = pass.norm("norm");
        Layer all = layer(pass, 0);
        for (int layer = 1; layer < shape.layers(); layer++) {
            all = all.then(layer(pass, layer));
        }
        return all.then(last);
    }

    /** x + attention(norm(x)), and of that y: y + feedforward(norm(y)). */
    private static Layer layer(Pass pass, int layer) {
        String attention = "layers." + layer + ".attention";
        String feedForward = "layers." + layer + ".feedforward";
        return pass.norm(attention + ".norm")
                .then(new SelfAttention(pass, attention))
                .residual()
                .then(pass.norm(feedForward + ".norm")
                        .then(FeedForward.of(pass, feedForward))
                        .residual());
    }

    private double[] embed(Pass pass, int[] tokens) {
        double[] embedded = new Embedding(shape.vocabulary(), shape.hidden()).forward(tokens, weights.of("embedding"));
        return switch (shape.family()) {
            case LLAMA -> embedded;
            case GPT ->
                Vectors.sum(
                        embedded,
                        new Embedding(shape.positions(), shape.hidden())
                                .forward(positions(pass), weights.of("positions")));
        };
    }

    private void embedBackward(Pass pass, int[] tokens, double[] dy) {
        new Embedding(shape.vocabulary(), shape.hidden())
                .backward(tokens, dy, pass.gradients().of("embedding"));
        if (shape.family() == ModelFamily.GPT) {
            new Embedding(shape.positions(), shape.hidden())
                    .backward(positions(pass), dy, pass.gradients().of("positions"));
        }
    }

    /** 0, 1, …, length − 1 for each sequence. */
    private static int[] positions(Pass pass) {
        int[] positions = new int[pass.rows()];
        Arrays.setAll(positions, row -> row % pass.length());
        return positions;
    }

    /** The tensor that makes logits. */
    private String head() {
        return switch (shape.family()) {
            case LLAMA -> "head";
            case GPT -> "embedding";
        };
    }

    private void check(MicroBatch batch) {
        if (shape.family() == ModelFamily.GPT && batch.length() > shape.positions()) {
            throw new IllegalArgumentException("training step of a GPT model: sequences must be at most as long as its "
                    + shape.positions() + " learned positions, got " + batch.length()
                    + "; shorten the sequence or give the model more positions");
        }
        check("token", batch.tokens());
        check("target", batch.targets());
    }

    private void check(String what, int[] ids) {
        for (int row = 0; row < ids.length; row++) {
            if (ids[row] < 0 || ids[row] >= shape.vocabulary()) {
                throw new IllegalArgumentException("training step: every " + what + " must be in 0.."
                        + (shape.vocabulary() - 1) + ", the vocabulary, got " + ids[row] + " in row " + row
                        + "; were the tokens drawn for another model?");
            }
        }
    }
}
