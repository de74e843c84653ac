package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.trainer.ModelModule.Kind;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModuleCutTest {
    static Stream<ModelShape> shapes() {
        return Stream.of(Small.LLAMA, Small.ODD_GPT, ModelPreset.LLAMA2_70B.shape(), ModelPreset.GPT3_175B.shape());
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyParameterIsInOneModule(ModelShape shape) {
        ParameterLayout layout = ParameterLayout.of(shape);
        ModuleCut cut = ModuleCut.of(layout);

        assertThat(cut.modules().stream().flatMap(module -> module.parameters().stream()))
                .containsExactlyElementsOf(layout.parameters());
        assertThat(cut.modules()).hasSize(shape.layers() + 2);
        long end = 0;
        for (ModelModule module : cut.modules()) {
            assertThat(module.offset()).isEqualTo(end);
            end += module.elements();
        }
        assertThat(end).isEqualTo(shape.parameters());
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "layers." + layer + ".";
            assertThat(cut.layer(layer).kind()).isEqualTo(Kind.LAYER);
            assertThat(cut.layer(layer).parameters())
                    .allMatch(each -> each.name().startsWith(prefix));
        }
    }

    @Test
    void theHeadsMatrixIsTheHeadsOrTheEmbeddings() {
        ModuleCut llama = ModuleCut.of(ParameterLayout.of(Small.LLAMA));
        ModuleCut gpt = ModuleCut.of(ParameterLayout.of(Small.GPT));

        assertThat(llama.tied()).isFalse();
        assertThat(llama.head().parameters()).extracting(Parameter::name).containsExactly("norm", "head");
        assertThat(gpt.tied()).isTrue();
        assertThat(gpt.head().parameters()).extracting(Parameter::name).containsExactly("norm", "norm.bias");
        assertThat(gpt.embedding().parameters()).extracting(Parameter::name).containsExactly("embedding", "positions");
    }

    @Test
    void backwardAsksForATiedEmbeddingWithTheHead() {
        ModuleCut llama = ModuleCut.of(ParameterLayout.of(Small.LLAMA));
        ModuleCut gpt = ModuleCut.of(ParameterLayout.of(Small.GPT));

        assertThat(indices(llama.order(Pass.FORWARD))).containsExactly(0, 1, 2, 3);
        assertThat(indices(llama.order(Pass.BACKWARD))).containsExactly(3, 2, 1, 0);
        assertThat(indices(gpt.order(Pass.FORWARD))).containsExactly(0, 1, 2, 3);
        assertThat(indices(gpt.order(Pass.BACKWARD))).containsExactly(3, 0, 2, 1);
        assertThat(indices(gpt.gradientOrder())).containsExactly(3, 2, 1, 0);
    }

    @Test
    void aParameterHasItsPlaceInItsModule() {
        ModuleCut cut = ModuleCut.of(ParameterLayout.of(Small.LLAMA));
        Parameter key = cut.layout().of("layers.1.attention.key");

        assertThat(cut.of(key)).isEqualTo(cut.layer(1));
        assertThat(cut.layer(1).offsetOf(key)).isEqualTo(256 + 256 * 256);
        assertThatThrownBy(() -> cut.layer(0).offsetOf(key)).hasMessageContaining("layers.1.attention.key");
        assertThatThrownBy(() ->
                        new ModelModule(1, Kind.LAYER, List.of(key, cut.layout().of("head"))))
                .hasMessageContaining("without gaps");
    }

    private static List<Integer> indices(List<ModelModule> modules) {
        return modules.stream().map(ModelModule::index).toList();
    }
}
