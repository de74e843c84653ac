package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ParameterLayoutTest {
    static Stream<ModelShape> oddShapes() {
        return Stream.of(
                new ModelShape(ModelFamily.LLAMA, 1, 1, 1, 1, 2, 1, 1, 1),
                new ModelShape(ModelFamily.LLAMA, 3, 12, 4, 2, 6, 17, 31, 7),
                new ModelShape(ModelFamily.GPT, 3, 12, 3, 3, 5, 17, 31, 9));
    }

    @ParameterizedTest
    @EnumSource
    void presetsHaveAsManyParametersAsPublished(ModelPreset preset) {
        assertGapless(preset.shape());
    }

    @ParameterizedTest
    @MethodSource("oddShapes")
    void oddShapesToo(ModelShape shape) {
        assertGapless(shape);
    }

    private static void assertGapless(ModelShape shape) {
        ParameterLayout layout = ParameterLayout.of(shape);

        long offset = 0;
        for (int i = 0; i < layout.parameters().size(); i++) {
            Parameter parameter = layout.parameters().get(i);
            assertThat(parameter.index()).isEqualTo(i);
            assertThat(parameter.offset()).as(parameter.name()).isEqualTo(offset);
            assertThat(layout.of(parameter.name())).isSameAs(parameter);
            offset = parameter.end();
        }
        assertThat(offset).isEqualTo(layout.total()).isEqualTo(shape.parameters());
    }

    @Test
    void llamaInOrder() {
        ModelShape shape = new ModelShape(ModelFamily.LLAMA, 1, 12, 4, 2, 6, 17, 31, 7);

        assertThat(lines(shape))
                .containsExactly(
                        "embedding 31 × 12 NORMAL",
                        "layers.0.attention.norm 1 × 12 ONE",
                        "layers.0.attention.query 24 × 12 NORMAL",
                        "layers.0.attention.key 12 × 12 NORMAL",
                        "layers.0.attention.value 12 × 12 NORMAL",
                        "layers.0.attention.output 12 × 24 NORMAL",
                        "layers.0.feedforward.norm 1 × 12 ONE",
                        "layers.0.feedforward.gate 17 × 12 NORMAL",
                        "layers.0.feedforward.up 17 × 12 NORMAL",
                        "layers.0.feedforward.down 12 × 17 NORMAL",
                        "norm 1 × 12 ONE",
                        "head 31 × 12 NORMAL");
    }

    @Test
    void gptInOrder() {
        ModelShape shape = new ModelShape(ModelFamily.GPT, 1, 12, 3, 3, 5, 17, 31, 9);

        assertThat(lines(shape))
                .containsExactly(
                        "embedding 31 × 12 NORMAL",
                        "positions 9 × 12 NORMAL",
                        "layers.0.attention.norm 1 × 12 ONE",
                        "layers.0.attention.norm.bias 1 × 12 ZERO",
                        "layers.0.attention.query 15 × 12 NORMAL",
                        "layers.0.attention.key 15 × 12 NORMAL",
                        "layers.0.attention.value 15 × 12 NORMAL",
                        "layers.0.attention.query.bias 1 × 15 ZERO",
                        "layers.0.attention.key.bias 1 × 15 ZERO",
                        "layers.0.attention.value.bias 1 × 15 ZERO",
                        "layers.0.attention.output 12 × 15 RESIDUAL",
                        "layers.0.attention.output.bias 1 × 12 ZERO",
                        "layers.0.feedforward.norm 1 × 12 ONE",
                        "layers.0.feedforward.norm.bias 1 × 12 ZERO",
                        "layers.0.feedforward.up 17 × 12 NORMAL",
                        "layers.0.feedforward.up.bias 1 × 17 ZERO",
                        "layers.0.feedforward.down 12 × 17 RESIDUAL",
                        "layers.0.feedforward.down.bias 1 × 12 ZERO",
                        "norm 1 × 12 ONE",
                        "norm.bias 1 × 12 ZERO");
    }

    private static List<String> lines(ModelShape shape) {
        return ParameterLayout.of(shape).parameters().stream()
                .map(one -> one.name() + " " + one.rows() + " × " + one.columns() + " " + one.initial())
                .toList();
    }

    @Test
    void anUnknownNameNamesTheKnownOnes() {
        ParameterLayout layout = ParameterLayout.of(ModelPreset.GPT3_175B.shape());

        assertThat(layout.find("head")).isEmpty();
        assertThatThrownBy(() -> layout.of("head"))
                .hasMessageContaining("GPT")
                .hasMessageContaining("'head'")
                .hasMessageContaining("layers.95.feedforward.down.bias");
    }
}
