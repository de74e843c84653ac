package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Check;
import dev.assay.workload.Gemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class GemmChecksTest {
    private static final Gemm GEMM = new Gemm(10, 20, 30);

    @Test
    void aRightResultSaysSo() {
        Check check = GemmChecks.freivaldsOf(GEMM, result(0, 0.4, -1));

        assertThat(check.name()).isEqualTo("gemm.freivalds");
        assertThat(check.checked()).isEqualTo(200);
        assertThat(check.wrong()).isZero();
        assertThat(check.worst()).isEqualTo(0.4);
        assertThat(check.detail()).contains("all 10 rows right");
    }

    @Test
    void aWrongRowIsNamed() {
        Check check = GemmChecks.freivaldsOf(GEMM, result(2, 17.5, 3));

        assertThat(check.wrong()).isEqualTo(2);
        assertThat(check.detail()).contains("2 of 10 rows").contains("row 3");
    }

    @Test
    void notANumberIsFiniteButHuge() {
        assertThat(GemmChecks.freivaldsOf(GEMM, result(1, Double.NaN, 3)).worst())
                .isEqualTo(Double.MAX_VALUE);
        assertThat(GemmChecks.freivaldsOf(GEMM, result(1, Double.POSITIVE_INFINITY, 3))
                        .worst())
                .isEqualTo(Double.MAX_VALUE);
    }

    @Test
    void aWrongElementIsNamedByRowAndColumn() {
        Check check = GemmChecks.elementsOf(GEMM, 64, result(1, 3, 47));

        assertThat(check.checked()).isEqualTo(64);
        assertThat(check.wrong()).isEqualTo(1);
        assertThat(check.detail()).contains("row 2, column 7");
    }

    private static ByteBuffer result(long wrong, double worst, long first) {
        return ByteBuffer.allocate(GemmChecks.RESULT_BYTES)
                .order(ByteOrder.nativeOrder())
                .putLong(wrong)
                .putDouble(worst)
                .putLong(first);
    }
}
