package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelImageTest {
    private final DeviceException noCompiler = new DeviceException("loading NVRTC: not found");

    @Test
    void withoutCompilerThePackedFatbinServes() {
        KernelImage image = KernelImage.packed(noCompiler, () -> Optional.of(new byte[] {1, 2}));

        assertThat(image.bytes()).containsExactly(1, 2);
        assertThat(image.origin()).contains("fatbin");
        assertThat(image.compilerLibraries()).isEmpty();
    }

    @Test
    void withNeitherBothReasonsAreTold() {
        assertThatThrownBy(() -> KernelImage.packed(noCompiler, Optional::empty))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("no fatbin")
                .hasMessageContaining("loading NVRTC: not found");
    }

    @Test
    void theHashChangesWithEverythingThatDecidesTheCode() {
        KernelSources sources = KernelSources.fromResources(KernelProgram.MEASURING);
        KernelSources other = new KernelSources(sources.program(), Map.of("bf16.cuh", "// another\n"));
        List<String> options = List.of("--fmad=false");
        String hash = sources.hash("sm_90", options, "NVRTC 13.0");

        assertThat(hash).matches("[0-9a-f]{64}").isEqualTo(sources.hash("sm_90", options, "NVRTC 13.0"));
        assertThat(List.of(
                        other.hash("sm_90", options, "NVRTC 13.0"),
                        sources.hash("sm_80", options, "NVRTC 13.0"),
                        sources.hash("sm_90", List.of(), "NVRTC 13.0"),
                        sources.hash("sm_90", options, "NVRTC 12.8")))
                .doesNotContain(hash)
                .doesNotHaveDuplicates();
    }

    @Test
    void everyIncludeIsPassedToTheCompiler() {
        KernelSources sources = KernelSources.fromResources(KernelProgram.MEASURING);

        assertThat((sources.program() + String.join("\n", sources.headers().values()))
                        .lines()
                        .filter(line -> line.startsWith("#include \""))
                        .map(line -> line.substring(10, line.length() - 1)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(sources.headers()).containsKey(name));
    }

    @Test
    void onlyTrainingOnHopperAsksForWhatHopperAloneHas() {
        assertThat(KernelImage.architecture(KernelProgram.TRAINING, "sm_90")).isEqualTo("sm_90a");
        assertThat(KernelImage.architecture(KernelProgram.TRAINING, "sm_100")).isEqualTo("sm_100");
        assertThat(KernelImage.architecture(KernelProgram.MEASURING, "sm_90")).isEqualTo("sm_90");
    }
}
