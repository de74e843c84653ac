package dev.assay.device;

import dev.assay.training.MatrixPrecision;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import java.util.function.LongToDoubleFunction;

/** What the three GEMMs of a linear layer are, one element at a time, in fp64. */
public final class LinearDefinition {
    private LinearDefinition() {}

    /**
     * The sum of products of one element of C, without what C holds.
     *
     * @param a element of A by its place, row-major
     * @param b element of B by its place, row-major
     */
    public static double element(LinearGemm gemm, LongToDoubleFunction a, LongToDoubleFunction b, long at) {
        long inputs = gemm.inputs();
        long outputs = gemm.outputs();
        double sum = 0;
        if (gemm.operands() == MatrixPrecision.FP8) {
            int depth = depth(gemm);
            long columns = gemm.pass() == LinearPass.FORWARD ? outputs : inputs;
            for (long p = 0; p < depth; p++) {
                sum += a.applyAsDouble(at / columns * depth + p) * b.applyAsDouble(at % columns * depth + p);
            }
            return sum;
        }
        switch (gemm.pass()) {
            case FORWARD -> {
                long row = at / outputs;
                long output = at % outputs;
                for (long i = 0; i < inputs; i++) {
                    sum += a.applyAsDouble(row * inputs + i) * b.applyAsDouble(output * inputs + i);
                }
            }
            case INPUT_GRADIENT -> {
                long row = at / inputs;
                long input = at % inputs;
                for (long o = 0; o < outputs; o++) {
                    sum += a.applyAsDouble(row * outputs + o) * b.applyAsDouble(o * inputs + input);
                }
            }
            case WEIGHT_GRADIENT -> {
                long output = at / inputs;
                long input = at % inputs;
                for (long r = 0; r < gemm.rows(); r++) {
                    sum += a.applyAsDouble(r * outputs + output) * b.applyAsDouble(r * inputs + input);
                }
            }
        }
        return sum;
    }

    /** How many products an element is the sum of. */
    public static int depth(LinearGemm gemm) {
        return switch (gemm.pass()) {
            case FORWARD -> gemm.inputs();
            case INPUT_GRADIENT -> gemm.outputs();
            case WEIGHT_GRADIENT -> gemm.rows();
        };
    }
}
