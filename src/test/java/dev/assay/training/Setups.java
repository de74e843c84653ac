package dev.assay.training;

/** The four configs that the reference's tables are about. */
final class Setups {
    static final int ACCUMULATION = 16;

    private Setups() {}

    /** @param size 7b, 13b, 70b or 175b, with its own micro-batch */
    static StepSetup of(String size, int stage) {
        return switch (size) {
            case "7b" -> of(ModelPreset.LLAMA2_7B, 16, stage);
            case "13b" -> of(ModelPreset.LLAMA2_13B, 8, stage);
            case "70b" -> of(ModelPreset.LLAMA2_70B, 2, stage);
            case "175b" -> of(ModelPreset.GPT3_175B, 1, stage);
            default -> throw new IllegalArgumentException(size);
        };
    }

    static StepSetup of(ModelPreset preset, int microBatch, int stage) {
        return of(preset, microBatch, ZeroSetup.defaults(stage, true), Recomputation.FULL, CollectiveMode.DEEPSPEED);
    }

    static StepSetup of(
            ModelPreset preset, int microBatch, ZeroSetup zero, Recomputation recomputation, CollectiveMode mode) {
        return new StepSetup(preset.shape(), 2048, microBatch, ACCUMULATION, zero, recomputation, mode, 2, 2);
    }

    static StepSetup ideal(String size, int stage) {
        return with(of(size, stage), CollectiveMode.IDEAL, 2, 2);
    }

    /** The setup but for how gradients are kept and sent. */
    static StepSetup with(StepSetup setup, CollectiveMode mode, int gradientBytes, int wireBytes) {
        return new StepSetup(
                setup.model(),
                setup.sequence(),
                setup.microBatch(),
                setup.accumulation(),
                setup.zero(),
                setup.recomputation(),
                mode,
                gradientBytes,
                wireBytes);
    }

    /** Nodes of 8 H200 with so many NICs of 400 Gb/s. */
    static Machine h200(int nics) {
        return new Machine(8, 989.4, 4800, 482, 361, nics * 50.0);
    }
}
