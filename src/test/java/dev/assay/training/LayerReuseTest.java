package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What DeepSpeed gathers between a layer's second forward and its backward, where the engine keeps the layer. */
class LayerReuseTest {
    private static final long DEFAULT = 1_000_000_000;

    /**
     * Behind 7B's queries come 190 M elements, twice 380 M: all of the layer stays. Of 70B all four matrices of attention, 151 M
     * of 856 M, have more than 704 M behind them; of 175B also the one into the feed-forward, 1 208 M of 1 812 M.
     */
    @ParameterizedTest
    @CsvSource({"LLAMA2_7B, 0", "LLAMA2_13B, 0", "LLAMA2_70B, 0.0876", "GPT3_175B, 0.3329"})
    void largeLayersAreGatheredAThirdTime(ModelPreset preset, double share) {
        assertThat(LayerReuse.of(step(preset, 3, DEFAULT, Recomputation.FULL)).share())
                .isCloseTo(share, within(0.002));
    }

    /** Without a distance all of every layer is: half as much again as two passes gather. */
    @Test
    void withoutADistanceAllIs() {
        assertThat(LayerReuse.of(step(ModelPreset.LLAMA2_7B, 3, 0, Recomputation.FULL))
                        .share())
                .isBetween(0.47, 0.5);
    }

    @Test
    void onlyWhereLayersAreComputedAgainFromGatheredWeights() {
        assertThat(LayerReuse.of(step(ModelPreset.GPT3_175B, 3, 0, Recomputation.NONE))
                        .share())
                .isZero();
        assertThat(LayerReuse.of(step(ModelPreset.GPT3_175B, 2, 0, Recomputation.FULL))
                        .share())
                .isZero();
    }

    private static StepSetup step(ModelPreset preset, int stage, long maxReuse, Recomputation recomputation) {
        return Setups.of(
                preset, 1, ZeroSetup.defaults(stage, true).keeping(maxReuse), recomputation, CollectiveMode.DEEPSPEED);
    }
}
