package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.StepFlops.Gemm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepFlopsTest {
    /** GFLOP per token, from the shapes' published parameters. */
    @ParameterizedTest
    @CsvSource({
        "7b, 39.64, 3.22, 42.86, 41.25",
        "13b, 77.11, 5.03, 82.14, 79.63",
        "70b, 412.28, 16.11, 428.39, 420.33",
        "175b, 1047.4, 29.0, 1076.4, 1061.9"
    })
    void perToken(String size, double matmul, double attention, double full, double causal) {
        StepFlops flops = StepFlops.of(Setups.of(size, 3));

        double digit = matmul > 1000 ? 0.05 : 0.0051;
        assertThat(flops.matmul() / 1e9).isCloseTo(matmul, within(digit));
        assertThat(flops.fullAttention() / 1e9).isCloseTo(attention, within(digit));
        assertThat(flops.full() / 1e9).isCloseTo(full, within(digit));
        assertThat(flops.causal() / 1e9).isCloseTo(causal, within(digit));
    }

    @Test
    void recomputationRunsForwardTwice() {
        StepSetup kept = Setups.of(
                ModelPreset.LLAMA2_7B, 4, ZeroSetup.defaults(1, true), Recomputation.NONE, CollectiveMode.DEEPSPEED);

        assertThat(StepFlops.of(kept).executed()).isEqualTo(StepFlops.of(kept).causal());
        assertThat(StepFlops.of(Setups.of("7b", 1)).executed())
                .isCloseTo(StepFlops.of(kept).causal() * 4 / 3, within(1.0));
    }

    @Test
    void gemmsOfALayerOfGroupedQueries() {
        assertThat(StepFlops.layerGemms(Setups.of("70b", 3)))
                .containsExactly(
                        new Gemm("query", 4096, 8192, 8192),
                        new Gemm("key", 4096, 1024, 8192),
                        new Gemm("value", 4096, 1024, 8192),
                        new Gemm("output", 4096, 8192, 8192),
                        new Gemm("gate", 4096, 28672, 8192),
                        new Gemm("up", 4096, 28672, 8192),
                        new Gemm("down", 4096, 8192, 28672));
    }

    /** The list and the formula are two ways to one number. */
    @ParameterizedTest
    @CsvSource({"7b", "13b", "70b", "175b"})
    void gemmsAddUpToTheFormula(String size) {
        StepSetup setup = Setups.of(size, 3);

        double forward = setup.model().layers()
                        * StepFlops.layerGemms(setup).stream()
                                .mapToDouble(Gemm::flop)
                                .sum()
                + StepFlops.headGemm(setup).flop();

        assertThat(3 * forward / setup.tokensPerMicroBatch())
                .isCloseTo(StepFlops.of(setup).matmul(), within(1.0));
    }
}
