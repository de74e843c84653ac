package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What DeepSpeed keeps at the turn from forward to backward, which the engine gathers again. */
class TurnReuseTest {
    private static final long DEFAULT = 1_000_000_000;

    /**
     * Of 7B a layer has 202.4 M, the head 131.1 M: the head comes again at once, the last layer after twice the head, the one
     * before after two layers more (667 M), the next not within a thousand million (1 072 M).
     */
    @Test
    void llama7b() {
        TurnReuse reuse = TurnReuse.of(step(ModelPreset.LLAMA2_7B.shape(), 3), DEFAULT);

        assertThat(reuse.modules()).isEqualTo(3);
        assertThat(reuse.elements()).isEqualTo(32_000L * 4096 + 2 * 202_375_168L);
        assertThat(reuse.share()).isCloseTo(0.0397, within(0.0005));
    }

    @Test
    void largerModelsKeepLess() {
        assertThat(TurnReuse.of(step(ModelPreset.LLAMA2_70B.shape(), 3), DEFAULT)
                        .share())
                .isBetween(0.005, 0.01);
    }

    @Test
    void nothingIsKeptWithoutADistanceOrBelowStageThree() {
        assertThat(TurnReuse.of(step(ModelPreset.LLAMA2_7B.shape(), 3), 0).modules())
                .isZero();
        assertThat(TurnReuse.of(step(ModelPreset.LLAMA2_7B.shape(), 2), DEFAULT).modules())
                .isZero();
    }

    /** All of backward's gathers, half of what the engine does. */
    @Test
    void aSmallModelKeepsAll() {
        ModelShape small = new ModelShape(ModelFamily.LLAMA, 4, 1024, 16, 16, 64, 2816, 32_000, 2048);

        assertThat(TurnReuse.of(step(small, 3), DEFAULT).share()).isEqualTo(0.5);
    }

    private static StepSetup step(ModelShape model, int stage) {
        return new StepSetup(
                model, 2048, 1, 1, ZeroSetup.defaults(stage, true), Recomputation.FULL, CollectiveMode.DEEPSPEED, 2, 2);
    }
}
