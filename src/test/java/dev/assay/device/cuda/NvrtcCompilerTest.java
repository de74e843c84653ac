package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** NVRTC needs no GPU, only itself: {@code -Dassay.test.libraries=DIR} names where it lies. */
@EnabledIf(
        value = "nvrtcLoads",
        disabledReason = "no libnvrtc.so.13 or .12 in -Dassay.test.libraries or on the loader's path")
class NvrtcCompilerTest {
    static boolean nvrtcLoads() {
        try {
            NvrtcCompiler.load(TestLibraries.directories());
            return true;
        } catch (DeviceException e) {
            return false;
        }
    }

    @Test
    void compilesTheKernelsForHopperWithNothingButOurHeaders() {
        NvrtcCompiler compiler = NvrtcCompiler.load(TestLibraries.directories());

        byte[] cubin =
                compiler.compile(KernelSources.fromResources(KernelProgram.MEASURING), KernelImage.options("sm_90"));

        assertThat(cubin).startsWith(0x7F, 'E', 'L', 'F');
        String text = new String(cubin, StandardCharsets.ISO_8859_1);
        assertThat(List.of(
                        "assay_fill_matrix",
                        "assay_fill_gradient",
                        "assay_checksum",
                        "assay_count_wrong_sums",
                        "assay_freivalds_columns",
                        "assay_freivalds_rows",
                        "assay_check_elements"))
                .allSatisfy(kernel -> assertThat(text).contains(".text." + kernel));
    }

    @Test
    void compilesTheTrainingKernelsApartFromTheOthers() {
        NvrtcCompiler compiler = NvrtcCompiler.load(TestLibraries.directories());

        byte[] cubin =
                compiler.compile(KernelSources.fromResources(KernelProgram.TRAINING), KernelImage.options("sm_90"));

        String text = new String(cubin, StandardCharsets.ISO_8859_1);
        assertThat(text).contains(".text.assay_adamw_bf16").doesNotContain(".text.assay_fill_matrix");
    }

    @Test
    void aCompilationErrorShowsTheCompilersLog() {
        NvrtcCompiler compiler = NvrtcCompiler.load(TestLibraries.directories());
        KernelSources broken =
                new KernelSources("#include \"a.cuh\"\n", Map.of("a.cuh", "int f() { return nonsense; }"));

        assertThatThrownBy(() -> compiler.compile(broken, KernelImage.options("sm_90")))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("NVRTC_ERROR_COMPILATION")
                .hasMessageContaining("a.cuh")
                .hasMessageContaining("nonsense");
    }

    @Test
    void theLibrarySaysWhatWasMapped() {
        NvrtcCompiler compiler = NvrtcCompiler.load(TestLibraries.directories());

        assertThat(compiler.version()).matches("1[23]\\.\\d+");
        assertThat(compiler.library().path()).startsWith("/").contains("libnvrtc");
        assertThat(compiler.library().toLibrary("NVRTC", compiler.version()).sha256())
                .matches("[0-9a-f]{64}");
    }
}
