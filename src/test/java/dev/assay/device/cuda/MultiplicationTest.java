package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.LinearDefinition;
import dev.assay.training.MatrixPrecision;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import dev.assay.workload.Precision;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cuBLASLt is asked for, done as its documentation says, against what our row-major GEMMs are. */
class MultiplicationTest {
    private final Random random = new Random();

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "3, 5, 7", "8, 2, 1", "1, 9, 4", "16, 16, 16"})
    void gemms(int m, int n, int k) {
        double[] a = values(m * k);
        double[] b = values(n * k);
        double[] c = new double[m * n];
        sum(m, n, k, (i, j, p) -> c[i * n + j] += a[i * k + p] * b[j * k + p]);

        assertThat(asCublasDoes(Multiplication.of(new Gemm(m, n, k)), a, b, values(m * n)))
                .isEqualTo(c);
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 16, 8", "5, 8, 24", "17, 40, 24", "24, 24, 24"})
    void forward(int rows, int inputs, int outputs) {
        double[] x = values(rows * inputs);
        double[] w = values(outputs * inputs);
        double[] out = new double[rows * outputs];
        sum(rows, outputs, inputs, (r, o, i) -> out[r * outputs + o] += x[r * inputs + i] * w[o * inputs + i]);

        assertLinear(LinearPass.FORWARD, rows, inputs, outputs, x, w, out);
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 16, 8", "5, 8, 24", "17, 40, 24", "24, 24, 24"})
    void inputGradient(int rows, int inputs, int outputs) {
        double[] dY = values(rows * outputs);
        double[] w = values(outputs * inputs);
        double[] dX = new double[rows * inputs];
        sum(rows, inputs, outputs, (r, i, o) -> dX[r * inputs + i] += dY[r * outputs + o] * w[o * inputs + i]);

        assertLinear(LinearPass.INPUT_GRADIENT, rows, inputs, outputs, dY, w, dX);
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "3, 16, 8", "5, 8, 24", "17, 40, 24", "24, 24, 24"})
    void weightGradient(int rows, int inputs, int outputs) {
        double[] dY = values(rows * outputs);
        double[] x = values(rows * inputs);
        double[] dW = new double[outputs * inputs];
        sum(outputs, inputs, rows, (o, i, r) -> dW[o * inputs + i] += dY[r * outputs + o] * x[r * inputs + i]);

        assertLinear(LinearPass.WEIGHT_GRADIENT, rows, inputs, outputs, dY, x, dW);
    }

    @Test
    void typesAndBytesAreTheGemms() {
        for (LinearPass pass : LinearPass.values()) {
            LinearGemm gemm = new LinearGemm(pass, 7, 16, 24, ElementType.FP32, true);
            Multiplication asked = Multiplication.of(gemm);

            assertThat(asked.first().type()).isEqualTo(ElementType.BF16);
            assertThat(asked.second().type()).isEqualTo(ElementType.BF16);
            assertThat(asked.result().type()).isEqualTo(ElementType.FP32);
            assertThat(asked.precision()).isEqualTo(Precision.BF16);
            assertThat(asked.second().bytes()).isEqualTo(gemm.bytesOfA());
            assertThat(asked.first().bytes()).isEqualTo(gemm.bytesOfB());
            assertThat(asked.result().bytes()).isEqualTo(gemm.bytesOfC());
        }
        for (LinearPass pass : LinearPass.values()) {
            LinearGemm gemm = new LinearGemm(pass, 16, 32, 48, ElementType.BF16, true, MatrixPrecision.FP8);
            Multiplication asked = Multiplication.of(gemm);
            assertThat(asked.first().operation())
                    .as("transposed, as FP8 must be")
                    .isEqualTo(CublasLt.CUBLAS_OP_T);
            assertThat(asked.second().operation()).isEqualTo(CublasLt.CUBLAS_OP_N);
            assertThat(asked.precision()).isEqualTo(gemm.precision());
            assertThat(asked.second().type()).isEqualTo(gemm.precision().a());
            assertThat(asked.first().type()).isEqualTo(ElementType.E4M3);
            assertThat(asked.second().bytes()).isEqualTo(gemm.bytesOfA());
            assertThat(asked.first().bytes()).isEqualTo(gemm.bytesOfB());
            assertThat(asked.result().bytes()).isEqualTo(gemm.bytesOfC());
            assertThat(asked.accumulate()).isTrue();
        }
        Gemm fp8 = new Gemm(16, 32, 48, Precision.FP8_E5M2);
        Multiplication asked = Multiplication.of(fp8);
        assertThat(asked.second().type()).isEqualTo(ElementType.E5M2);
        assertThat(asked.first().type()).isEqualTo(ElementType.E4M3);
        assertThat(asked.result().bytes()).isEqualTo(fp8.bytesOfC());
        assertThat(asked.accumulate()).isFalse();
    }

    /** C = A · Bᵀ of every pass, whatever its sizes are called. */
    @Test
    void fp8IsAlwaysTheProductWithATransposedMatrix() {
        for (LinearPass pass : LinearPass.values()) {
            LinearGemm gemm = new LinearGemm(pass, 16, 32, 48, ElementType.FP32, true, MatrixPrecision.FP8);
            double[] a = values((int) gemm.elementsOfA());
            double[] b = values((int) gemm.elementsOfB());
            double[] old = values((int) gemm.elementsOfC());
            double[] expected = new double[old.length];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = old[i] + LinearDefinition.element(gemm, at -> a[(int) at], at -> b[(int) at], i);
            }

            assertThat(asCublasDoes(Multiplication.of(gemm), a, b, old)).isEqualTo(expected);
        }
    }

    /** What cuBLAS wants of tensor-core GEMMs: leading dimensions and addresses in multiples of 16 bytes. */
    @Test
    void everyLeadingDimensionIsAMultipleOfSixteenBytesWhateverTheRows() {
        for (LinearPass pass : LinearPass.values()) {
            Multiplication asked = Multiplication.of(new LinearGemm(pass, 13, 40, 8, ElementType.BF16, false));
            for (Operand operand : new Operand[] {asked.first(), asked.second(), asked.result()}) {
                assertThat(operand.type().bytes() * operand.leadingDimension() % 16)
                        .as("%s of %s", operand, pass)
                        .isZero();
            }
            assertThat(asked.alignment()).isEqualTo(16);
        }
        assertThat(Multiplication.of(new Gemm(3, 5, 7)).alignment()).isEqualTo(256);
    }

    /** Old values, whole numbers, are added where that is asked for and nowhere else. */
    private void assertLinear(
            LinearPass pass, int rows, int inputs, int outputs, double[] a, double[] b, double[] expected) {
        double[] old = values(expected.length);
        double[] added = expected.clone();
        for (int i = 0; i < added.length; i++) {
            added[i] += old[i];
        }

        LinearGemm writes = new LinearGemm(pass, rows, inputs, outputs, ElementType.BF16, false);
        LinearGemm adds = new LinearGemm(pass, rows, inputs, outputs, ElementType.FP32, true);
        assertThat(asCublasDoes(Multiplication.of(writes), a, b, old)).isEqualTo(expected);
        assertThat(asCublasDoes(Multiplication.of(adds), a, b, old)).isEqualTo(added);
    }

    /** D = op(A) · op(B) + beta · C by cuBLAS's rules: element (row, column) lies at row + column · ld. */
    private static double[] asCublasDoes(Multiplication asked, double[] ourA, double[] ourB, double[] old) {
        Operand first = asked.first();
        Operand second = asked.second();
        Operand result = asked.result();
        int m = (int) height(first);
        int n = (int) width(second);
        int k = (int) width(first);
        assertThat(new long[] {result.rows(), result.columns(), height(second)}).containsExactly(m, n, k);
        assertThat(result.transposed()).isFalse();
        double[] d = asked.accumulate() ? old.clone() : new double[old.length];
        sum(m, n, k, (i, j, p) -> d[at(result, i, j)] += ourB[at(first, i, p)] * ourA[at(second, p, j)]);
        return d;
    }

    private static long height(Operand operand) {
        return operand.transposed() ? operand.columns() : operand.rows();
    }

    private static long width(Operand operand) {
        return operand.transposed() ? operand.rows() : operand.columns();
    }

    private static int at(Operand operand, int row, int column) {
        assertThat(operand.leadingDimension()).isGreaterThanOrEqualTo(operand.rows());
        int storedRow = operand.transposed() ? column : row;
        int storedColumn = operand.transposed() ? row : column;
        assertThat(storedRow < operand.rows() && storedColumn < operand.columns())
                .isTrue();
        return (int) (storedRow + storedColumn * operand.leadingDimension());
    }

    private static void sum(int m, int n, int k, Term term) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int p = 0; p < k; p++) {
                    term.add(i, j, p);
                }
            }
        }
    }

    /** Whole numbers, whose sums are exact in any order. */
    private double[] values(int count) {
        return random.ints(count, -9, 10).asDoubleStream().toArray();
    }

    /** Adds one product. */
    private interface Term {
        void add(int i, int j, int p);
    }
}
