package dev.assay.device.cuda;

import java.util.List;

/**
 * The kernels that are compiled and loaded together: a node compiles only what its work needs.
 *
 * @param stem of its files
 * @param included all that {@link #source} and its own includes name
 */
record KernelProgram(String stem, List<String> included) {
    /** What measures the parts, and every check. A second to compile. */
    static final KernelProgram MEASURING = new KernelProgram(
            "kernels",
            List.of(
                    "bf16.cuh",
                    "random.cuh",
                    "format.cuh",
                    "grid.cuh",
                    "fill.cu",
                    "checksum.cu",
                    "compare.cu",
                    "freivalds.cu",
                    "memory.cu",
                    "memtest.cu",
                    "collective.cu"));

    /** What a training step does beside GEMMs and collectives. Several seconds to compile. */
    static final KernelProgram TRAINING = new KernelProgram(
            "training",
            List.of(
                    "bf16.cuh",
                    "random.cuh",
                    "format.cuh",
                    "grid.cuh",
                    "mma.cuh",
                    "wgmma.cuh",
                    "tile.cuh",
                    "training.cuh",
                    "training_attention.cu",
                    "training_carry.cu",
                    "training_loss.cu",
                    "training_norm.cu",
                    "training_optimizer.cu",
                    "training_pointwise.cu",
                    "training_quantize.cu"));

    KernelProgram {
        included = List.copyOf(included);
    }

    /** The file that includes the others. */
    String source() {
        return stem + ".cu";
    }

    /** What Maven packs where nvcc is present. */
    String fatbin() {
        return stem + ".fatbin";
    }
}
