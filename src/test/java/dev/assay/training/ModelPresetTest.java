package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelPresetTest {
    /** Published totals. */
    @ParameterizedTest
    @CsvSource({
        "llama2-7b, 6738415616, 6607077376",
        "llama2-13b, 13015864320, 12851609600",
        "llama2-70b, 68976648192, 68713185280",
        "llama3-8b, 8030261248, 7504658432",
        "llama3-70b, 70553706496, 69501714432",
        "gpt3-175b, 174604836864, 174564311040"
    })
    void parameters(String key, long parameters, long matmul) {
        ModelShape shape = ModelPreset.of(key).shape();

        assertThat(shape.parameters()).isEqualTo(parameters);
        assertThat(shape.matmulParameters()).isEqualTo(matmul);
    }

    /** As their {@code config.json} have it. */
    @Test
    void rotaryBases() {
        assertThat(ModelPreset.of("llama2-70b").shape().ropeBase()).isEqualTo(10_000);
        assertThat(ModelPreset.of("llama3-8b").shape())
                .isEqualTo(new ModelShape(ModelFamily.LLAMA, 32, 4096, 32, 8, 128, 14336, 128_256, 8192, 500_000));
        assertThat(ModelPreset.of("llama3-70b").shape())
                .isEqualTo(new ModelShape(ModelFamily.LLAMA, 80, 8192, 64, 8, 128, 28672, 128_256, 8192, 500_000));
    }

    @Test
    void anUnknownNameNamesTheKnownOnes() {
        assertThatThrownBy(() -> ModelPreset.of("llama2-8b"))
                .hasMessageContaining("llama2-7b, llama2-13b")
                .hasMessageEndingWith("got llama2-8b");
    }
}
