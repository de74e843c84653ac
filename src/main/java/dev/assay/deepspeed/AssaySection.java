package dev.assay.deepspeed;

import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelShape;
import java.util.List;
import java.util.Optional;

/**
 * The file's top-level section {@code "assay"}: what DeepSpeed's files do not say. DeepSpeed ignores top-level keys that it
 * does not know, so the file stays one that DeepSpeed loads.
 *
 * @param modelName of the preset, or {@code explicit}
 * @param sequence tokens of a sequence
 * @param checkpointing which activations are kept for backward
 * @param memoryFraction of a GPU's memory, as NVML counts it, that may be used; (0, 1]
 * @param precision of the layers' matrices; fp8 is no DeepSpeed's
 * @param collectives as DeepSpeed issues them, or as few as the stage needs
 * @param nodes the numbers of nodes to run on where nobody says otherwise, ascending; empty: not said
 * @param baselineNodes what scale efficiency is counted from
 */
public record AssaySection(
        String modelName,
        ModelShape model,
        int sequence,
        Checkpointing checkpointing,
        double memoryFraction,
        MatrixPrecision precision,
        Collectives collectives,
        List<Integer> nodes,
        Optional<Integer> baselineNodes,
        Optional<Floors> floors) {
    public AssaySection {
        nodes = List.copyOf(nodes);
    }

    /** Which activations are kept for backward. */
    public enum Checkpointing {
        /** All. */
        NONE,
        /** The input of each layer; the rest is computed again. */
        FULL
    }

    /** How gradients and parameters travel. */
    public enum Collectives {
        /** As DeepSpeed does: stages 1 and 2 all-reduce, stage 2 after every micro-batch. */
        DEEPSPEED,
        /** True reduce-scatter, once a step where the stage allows, and always overlapped. */
        IDEAL
    }

    /**
     * What the run must reach, as fractions in (0, 1].
     *
     * @param mfu model FLOPs utilisation, causal
     * @param smActive of the worst GPU
     * @param scaleEfficiency weak, against the baseline
     * @param source where the figures come from
     */
    public record Floors(
            Optional<Double> mfu, Optional<Double> smActive, Optional<Double> scaleEfficiency, String source) {}
}
