package dev.assay.training;

/** The two kinds of decoder that differ in every layer. */
public enum ModelFamily {
    /** RMSNorm, SwiGLU (three matrices), rotary positions, no biases, head not tied to the embedding. */
    LLAMA,
    /** LayerNorm, GELU (two matrices), learned positions, biases everywhere, head tied to the embedding. */
    GPT
}
