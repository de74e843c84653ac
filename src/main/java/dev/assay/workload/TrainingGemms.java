package dev.assay.workload;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The GEMMs of a transformer layer in training, and of the language-model head: forward tokens × out × in, gradient of the
 * input tokens × in × out, gradient of the weight out × in × tokens. All run as C = A · Bᵀ: training transposes operands
 * otherwise, the work is the same.
 */
public enum TrainingGemms {
    /** Llama-2-7B at micro-batch 16 of 2048 tokens. */
    LLAMA_7B(32_768, 4096, 4096, 11_008),
    /** Llama-2-13B at micro-batch 8. */
    LLAMA_13B(16_384, 5120, 5120, 13_824),
    /** Llama-2-70B at micro-batch 2; 8 key and value heads. */
    LLAMA_70B(4096, 8192, 1024, 28_672);

    private static final int VOCABULARY = 32_000;

    private final int tokens;
    private final int hidden;
    private final int keyValue;
    private final int feedForward;

    TrainingGemms(int tokens, int hidden, int keyValue, int feedForward) {
        this.tokens = tokens;
        this.hidden = hidden;
        this.keyValue = keyValue;
        this.feedForward = feedForward;
    }

    /** Each shape once. */
    public List<Gemm> shapes(Precision precision) {
        Set<Gemm> shapes = new LinkedHashSet<>();
        linear(shapes, hidden, hidden, precision);
        linear(shapes, hidden, keyValue, precision);
        linear(shapes, hidden, feedForward, precision);
        linear(shapes, feedForward, hidden, precision);
        linear(shapes, hidden, VOCABULARY, precision);
        return List.copyOf(shapes);
    }

    private void linear(Set<Gemm> shapes, int in, int out, Precision precision) {
        shapes.add(new Gemm(tokens, out, in, precision));
        shapes.add(new Gemm(tokens, in, out, precision));
        shapes.add(new Gemm(out, in, tokens, precision));
    }
}
