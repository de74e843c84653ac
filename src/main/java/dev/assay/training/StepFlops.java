package dev.assay.training;

import java.util.ArrayList;
import java.util.List;

/**
 * Floating-point operations of training, per token: forward and backward. A multiplication and an addition are two.
 *
 * @param matmul 6 × parameters of matrices: 2 in forward, 4 in backward
 * @param fullAttention 12 · layers · width of the query heads · sequence: every token attends to all
 * @param recomputation whether forward runs twice
 */
public record StepFlops(double matmul, double fullAttention, Recomputation recomputation) {
    public static StepFlops of(StepSetup setup) {
        ModelShape model = setup.model();
        return new StepFlops(
                6.0 * model.matmulParameters(),
                12.0 * model.layers() * model.queryWidth() * setup.sequence(),
                setup.recomputation());
    }

    /** What the model needs, a token attending to those before it: half of full attention. */
    public double causal() {
        return matmul + fullAttention / 2;
    }

    /** What the model needs when attention is counted in full, as much published work does. */
    public double full() {
        return matmul + fullAttention;
    }

    /** What the GPU really does: causal, and forward twice where activations are computed again. */
    public double executed() {
        return switch (recomputation) {
            case NONE -> causal();
            case FULL -> causal() * 4 / 3;
        };
    }

    /**
     * A multiplication of matrices in forward; backward has two more of the same size.
     *
     * @param m tokens
     * @param n outputs
     * @param k inputs
     */
    public record Gemm(String name, long m, long n, long k) {
        public double flop() {
            return 2.0 * m * n * k;
        }
    }

    /** Those of one layer, as frameworks issue them: a gpt model has query, key and value in one matrix. */
    public static List<Gemm> layerGemms(StepSetup setup) {
        ModelShape model = setup.model();
        long tokens = setup.tokensPerMicroBatch();
        List<Gemm> gemms = new ArrayList<>();
        ParameterSizes.layerMatrices(model)
                .forEach(matrix -> gemms.add(new Gemm(matrix.name(), tokens, matrix.rows(), matrix.columns())));
        return gemms;
    }

    /** The head, once a micro-batch. */
    public static Gemm headGemm(StepSetup setup) {
        return new Gemm(
                "head",
                setup.tokensPerMicroBatch(),
                setup.model().vocabulary(),
                setup.model().hidden());
    }
}
