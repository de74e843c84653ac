package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineLimitsTest {
    @ParameterizedTest
    @EnumSource(ModelPreset.class)
    void presetsAreWithin(ModelPreset preset) {
        StepSetup step = step(preset.shape(), 2048);

        assertThat(EngineLimits.of(step)).isEmpty();
        assertThat(EngineLimits.of(step.in(MatrixPrecision.FP8))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 72, 80, 96, 112, 128})
    void headsThatTilesHold(int size) {
        assertThat(EngineLimits.of(step(shape(256, 2, size, 64, 120), 16))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 56, 68, 100, 136, 256})
    void headsThatTheyDoNot(int size) {
        assertThat(refusal(step(shape(256, 2, size, 64, 120), 16)))
                .isEqualTo("headSize " + size
                        + ", where the engine's kernels need a multiple of 8 from 64 to 128; choose a model whose heads are of"
                        + " such a size");
    }

    @Test
    void widths() {
        assertThat(refusal(step(shape(100, 2, 64, 64, 120), 16))).startsWith("hidden 100,");
        assertThat(refusal(step(shape(256, 2, 64, 60, 120), 16))).startsWith("feedForward 60,");
        assertThat(refusal(step(shape(256, 2, 64, 64, 121), 16))).startsWith("vocabulary 121,");
        assertThat(EngineLimits.of(step(shape(12_288, 2, 64, 64, 120), 16))).isEmpty();
        assertThat(refusal(step(shape(12_296, 2, 64, 64, 120), 16)))
                .contains("hidden 12296", "at most 12288", "choose a narrower model");
    }

    @Test
    void fp8NeedsMore() {
        StepSetup bf16 = step(shape(264, 3, 72, 64, 120), 15);

        assertThat(EngineLimits.of(bf16)).isEmpty();
        assertThat(refusal(bf16.in(MatrixPrecision.FP8)))
                .isEqualTo(
                        "hidden 264, where the engine's kernels need a multiple of 16, as FP8's GEMMs need it; pad it");
        assertThat(refusal(step(shape(256, 3, 72, 64, 120), 15).in(MatrixPrecision.FP8)))
                .startsWith("query heads' width 216,");
        assertThat(refusal(step(shape(256, 3, 80, 64, 120), 15).in(MatrixPrecision.FP8)))
                .startsWith("tokens of a micro-batch 15,");
    }

    @Test
    void tokens() {
        assertThat(refusal(step(shape(256, 2, 64, 1 << 20, 120), 1 << 20)))
                .startsWith("1048576 tokens a micro-batch, where the engine's kernels need at most 8192;");
    }

    private static String refusal(StepSetup step) {
        return EngineLimits.of(step).map(Object::toString).orElse("none");
    }

    private static ModelShape shape(int hidden, int heads, int headSize, int feedForward, int vocabulary) {
        return new ModelShape(ModelFamily.LLAMA, 2, hidden, heads, heads, headSize, feedForward, vocabulary, 64);
    }

    private static StepSetup step(ModelShape model, int sequence) {
        return new StepSetup(
                model,
                sequence,
                1,
                1,
                ZeroSetup.defaults(0, false),
                Recomputation.NONE,
                CollectiveMode.DEEPSPEED,
                2,
                2);
    }
}
