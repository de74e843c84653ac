package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.jna.Memory;
import dev.assay.device.DeviceException;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import dev.assay.workload.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class CublasLtTest {
    static boolean cublasLoads() {
        try {
            CublasHandle.load(TestLibraries.directories());
            return true;
        } catch (DeviceException e) {
            return false;
        }
    }

    @Test
    @EnabledIf(
            value = "cublasLoads",
            disabledReason = "no libcublasLt in -Dassay.test.libraries or on the loader's path")
    void descriptorsNeedNoGpu() {
        assertThat(CublasHandle.version()).matches("1[23]\\.\\d+\\.\\d+");
        assertThat(CublasHandle.describe(15, "cublasLtMatmul"))
                .startsWith("cublasLtMatmul: CUBLAS_STATUS_NOT_SUPPORTED (15): ");
        for (Precision precision : Precision.values()) {
            assertDescribable(Multiplication.of(new Gemm(32, 48, 16, precision)));
        }
        for (LinearPass pass : LinearPass.values()) {
            assertDescribable(Multiplication.of(new LinearGemm(pass, 7, 16, 24, ElementType.FP32, true)));
        }
    }

    private static void assertDescribable(Multiplication gemm) {
        assertThatCode(() -> {
                    GemmLayout layout = new GemmLayout(gemm);
                    layout.scaleBy(0, 0);
                    long preference = layout.newPreference(
                            1 << 20, CublasLt.CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE, gemm.alignment());
                    CublasHandle.check(CublasLt.cublasLtMatmulPreferenceDestroy(preference), "destroy");
                    layout.close();
                })
                .as(gemm.label())
                .doesNotThrowAnyException();
    }

    @Test
    void onlyValidResultsThatFitTheWorkspaceAreCandidates() {
        Memory results = new Memory(4L * CublasLt.HEURISTIC_RESULT_BYTES);
        results.clear();
        write(results, 0, 7, GemmWorkspace.BYTES, 0);
        write(results, 1, 8, GemmWorkspace.BYTES + 1, 0);
        write(results, 2, 9, 0, 15);
        write(results, 3, 10, 0, 0);

        List<byte[]> usable = GemmHeuristic.usable(results, 4);

        assertThat(usable)
                .hasSize(2)
                .allSatisfy(candidate -> assertThat(candidate).hasSize(72));
        assertThat(usable).extracting(candidate -> candidate[0]).containsExactly((byte) 7, (byte) 10);
        assertThat(usable.get(0)[CublasLt.HEURISTIC_RESULT_WORKSPACE_SIZE + 3]).isEqualTo((byte) 4);
    }

    private static void write(Memory results, int index, int algorithm, long workspace, int state) {
        long at = (long) index * CublasLt.HEURISTIC_RESULT_BYTES;
        results.setByte(at, (byte) algorithm);
        results.setLong(at + CublasLt.HEURISTIC_RESULT_WORKSPACE_SIZE, workspace);
        results.setInt(at + CublasLt.HEURISTIC_RESULT_STATE, state);
    }
}
