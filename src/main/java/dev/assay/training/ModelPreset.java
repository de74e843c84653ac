package dev.assay.training;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Published shapes. The parameter counts that follow from them are the published ones. */
public enum ModelPreset {
    LLAMA2_7B("llama2-7b", ModelFamily.LLAMA, 32, 4096, 32, 32, 128, 11008, 32000, 4096, ModelShape.ROPE_BASE),
    LLAMA2_13B("llama2-13b", ModelFamily.LLAMA, 40, 5120, 40, 40, 128, 13824, 32000, 4096, ModelShape.ROPE_BASE),
    LLAMA2_70B("llama2-70b", ModelFamily.LLAMA, 80, 8192, 64, 8, 128, 28672, 32000, 4096, ModelShape.ROPE_BASE),
    LLAMA3_8B("llama3-8b", ModelFamily.LLAMA, 32, 4096, 32, 8, 128, 14336, 128256, 8192, ModelPreset.LLAMA3_ROPE_BASE),
    LLAMA3_70B(
            "llama3-70b", ModelFamily.LLAMA, 80, 8192, 64, 8, 128, 28672, 128256, 8192, ModelPreset.LLAMA3_ROPE_BASE),
    /** The vocabulary of 50 257 is padded to a multiple of 64, as trainers do. */
    GPT3_175B("gpt3-175b", ModelFamily.GPT, 96, 12288, 96, 96, 128, 49152, 50304, 2048, ModelShape.ROPE_BASE);

    /** {@code rope_theta} of its {@code config.json}. */
    private static final double LLAMA3_ROPE_BASE = 500_000;

    private final String key;
    private final ModelFamily family;
    private final int layers;
    private final int hidden;
    private final int heads;
    private final int kvHeads;
    private final int headSize;
    private final int feedForward;
    private final int vocabulary;
    private final int positions;
    private final double ropeBase;

    ModelPreset(
            String key,
            ModelFamily family,
            int layers,
            int hidden,
            int heads,
            int kvHeads,
            int headSize,
            int feedForward,
            int vocabulary,
            int positions,
            double ropeBase) {
        this.key = key;
        this.family = family;
        this.layers = layers;
        this.hidden = hidden;
        this.heads = heads;
        this.kvHeads = kvHeads;
        this.headSize = headSize;
        this.feedForward = feedForward;
        this.vocabulary = vocabulary;
        this.positions = positions;
        this.ropeBase = ropeBase;
    }

    /** As written in files, e.g. {@code llama2-7b}. */
    public String key() {
        return key;
    }

    public ModelShape shape() {
        return new ModelShape(
                family, layers, hidden, heads, kvHeads, headSize, feedForward, vocabulary, positions, ropeBase);
    }

    public static ModelPreset of(String key) {
        return Arrays.stream(values())
                .filter(preset -> preset.key.equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("model must be one of "
                        + Arrays.stream(values()).map(ModelPreset::key).collect(Collectors.joining(", ")) + ", got "
                        + key));
    }
}
