package dev.assay.training;

import static dev.assay.training.ModelFamily.GPT;
import static dev.assay.training.ModelFamily.LLAMA;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Published shapes. The parameter counts that follow from them are the published ones. */
public enum ModelPreset {
    LLAMA2_7B("llama2-7b"),
    LLAMA2_13B("llama2-13b"),
    LLAMA2_70B("llama2-70b"),
    LLAMA3_8B("llama3-8b"),
    LLAMA3_70B("llama3-70b"),
    GPT3_175B("gpt3-175b");

    /** {@code rope_theta} of its {@code config.json}. */
    private static final double LLAMA3_ROPE_BASE = 500_000;

    private final String key;

    ModelPreset(String key) {
        this.key = key;
    }

    /** As written in files, e.g. {@code llama2-7b}. */
    public String key() {
        return key;
    }

    /** GPT-3's vocabulary of 50 257 is padded to a multiple of 64, as trainers do. */
    public ModelShape shape() {
        return switch (this) {
            case LLAMA2_7B -> new ModelShape(LLAMA, 32, 4096, 32, 32, 128, 11008, 32000, 4096);
            case LLAMA2_13B -> new ModelShape(LLAMA, 40, 5120, 40, 40, 128, 13824, 32000, 4096);
            case LLAMA2_70B -> new ModelShape(LLAMA, 80, 8192, 64, 8, 128, 28672, 32000, 4096);
            case LLAMA3_8B -> new ModelShape(LLAMA, 32, 4096, 32, 8, 128, 14336, 128256, 8192, LLAMA3_ROPE_BASE);
            case LLAMA3_70B -> new ModelShape(LLAMA, 80, 8192, 64, 8, 128, 28672, 128256, 8192, LLAMA3_ROPE_BASE);
            case GPT3_175B -> new ModelShape(GPT, 96, 12288, 96, 96, 128, 49152, 50304, 2048);
        };
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
