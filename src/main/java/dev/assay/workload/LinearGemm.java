package dev.assay.workload;

import dev.assay.training.MatrixPrecision;
import java.util.Locale;

/**
 * One of the three GEMMs of a linear layer with weight W [outputs, inputs], all matrices row-major and contiguous:
 *
 * <table>
 * <caption>operands in bf16</caption>
 * <tr><th>pass</th><th>A</th><th>B</th><th>C</th></tr>
 * <tr><td>forward</td><td>x [rows, inputs]</td><td>W</td><td>out [rows, outputs]</td></tr>
 * <tr><td>input gradient</td><td>dY [rows, outputs]</td><td>W</td><td>dX [rows, inputs]</td></tr>
 * <tr><td>weight gradient</td><td>dY [rows, outputs]</td><td>x [rows, inputs]</td><td>dW [outputs, inputs]</td></tr>
 * </table>
 *
 * Operands in FP8 have scales, and cuBLASLt multiplies them only where both lie contiguous along what is summed over, so C = A ·
 * Bᵀ of every pass:
 *
 * <table>
 * <caption>operands in FP8</caption>
 * <tr><th>pass</th><th>A</th><th>B</th></tr>
 * <tr><td>forward</td><td>x [rows, inputs], e4m3</td><td>W [outputs, inputs], e4m3</td></tr>
 * <tr><td>input gradient</td><td>dY [rows, outputs], e5m2</td><td>Wᵀ [inputs, outputs], e4m3</td></tr>
 * <tr><td>weight gradient</td><td>dYᵀ [outputs, rows], e5m2</td><td>xᵀ [inputs, rows], e4m3</td></tr>
 * </table>
 *
 * Products are added up in fp32 or better and rounded once. Inputs and outputs are what all these lie contiguous along: in
 * multiples of 8, 16 bytes, for cuBLASLt's tensor-core algorithms. Rows may be any number. In FP8 all three are multiples of 16.
 *
 * @param rows tokens
 * @param output type of C: bf16 or fp32
 * @param accumulate whether the product is added to what C holds, before the rounding; a
 *     device may round a product to bf16 before it adds it to bf16
 * @param operands precision of A and B
 */
public record LinearGemm(
        LinearPass pass,
        int rows,
        int inputs,
        int outputs,
        ElementType output,
        boolean accumulate,
        MatrixPrecision operands) {
    private static final int GRANULE = 8;

    public LinearGemm {
        if (rows <= 0 || inputs <= 0 || outputs <= 0) {
            throw new IllegalArgumentException(
                    "linear gemm must have rows, inputs, outputs > 0, got " + rows + ", " + inputs + ", " + outputs);
        }
        if (inputs % GRANULE != 0 || outputs % GRANULE != 0) {
            throw new IllegalArgumentException("linear gemm must have inputs and outputs in multiples of " + GRANULE
                    + ", got " + inputs + ", " + outputs);
        }
        if (output != ElementType.BF16 && output != ElementType.FP32) {
            throw new IllegalArgumentException("linear gemm must have output BF16 or FP32, got " + output);
        }
        int granule = precision(operands, pass).granule();
        if (rows % granule != 0 || inputs % granule != 0 || outputs % granule != 0) {
            throw new IllegalArgumentException("linear gemm in " + operands.key()
                    + " must have rows, inputs and outputs in multiples of " + granule + ", got " + rows + ", " + inputs
                    + ", " + outputs);
        }
    }

    /** Of bf16 operands. */
    public LinearGemm(LinearPass pass, int rows, int inputs, int outputs, ElementType output, boolean accumulate) {
        this(pass, rows, inputs, outputs, output, accumulate, MatrixPrecision.BF16);
    }

    /** Types of A and B, and whether they have scales. */
    public Precision precision() {
        return precision(operands, pass);
    }

    private static Precision precision(MatrixPrecision operands, LinearPass pass) {
        return switch (operands) {
            case BF16 -> Precision.BF16;
            case FP8 ->
                switch (pass) {
                    case FORWARD -> Precision.FP8_E4M3;
                    case INPUT_GRADIENT, WEIGHT_GRADIENT -> Precision.FP8_E5M2;
                };
        };
    }

    /** What distinguishes it from every other: {@code weight-gradient 32768x4096x11008 bf16 accumulating}. */
    public String label() {
        String scaled = precision().scaled() ? operands.key() + " to " : "";
        return pass.name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + rows + "x" + inputs + "x" + outputs + " "
                + scaled + output.name().toLowerCase(Locale.ROOT) + (accumulate ? " accumulating" : "");
    }

    /** Floating-point operations, of every pass: 2 · rows · inputs · outputs. */
    public double flop() {
        return 2.0 * rows * inputs * outputs;
    }

    public long elementsOfA() {
        return switch (pass) {
            case FORWARD -> elementsOfX();
            case INPUT_GRADIENT, WEIGHT_GRADIENT -> elementsOfY();
        };
    }

    public long elementsOfB() {
        return switch (pass) {
            case FORWARD, INPUT_GRADIENT -> elementsOfW();
            case WEIGHT_GRADIENT -> elementsOfX();
        };
    }

    public long elementsOfC() {
        return switch (pass) {
            case FORWARD -> elementsOfY();
            case INPUT_GRADIENT -> elementsOfX();
            case WEIGHT_GRADIENT -> elementsOfW();
        };
    }

    public long bytesOfA() {
        return precision().a().bytes() * elementsOfA();
    }

    public long bytesOfB() {
        return precision().b().bytes() * elementsOfB();
    }

    public long bytesOfC() {
        return output.bytes() * elementsOfC();
    }

    private long elementsOfX() {
        return (long) rows * inputs;
    }

    private long elementsOfY() {
        return (long) rows * outputs;
    }

    private long elementsOfW() {
        return (long) outputs * inputs;
    }
}
