package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QuantizedWorkTest {
    /** An H200's peak and memory; one GPU, so nothing travels. */
    private static final Machine H200 = new Machine(1, 989.4, 4800, 480, 360, 0);

    @Test
    void bf16HasNone() {
        assertThat(QuantizedWork.of(step(Recomputation.FULL))).isEqualTo(new QuantizedWork(0, 0));
    }

    /** 7B, 4 × 2048 tokens: 32 layers of 202.4 M of 41.25 GFLOP a token; 255 GB of copies, as native/README.md has them. */
    @Test
    void llama7b() {
        QuantizedWork work = QuantizedWork.of(step(Recomputation.FULL).in(MatrixPrecision.FP8));

        assertThat(work.share()).isCloseTo(6 * 32 * 202.375e6 / 41.25e9, within(1e-3));
        assertThat(work.bytes()).isCloseTo(255.7e9, within(0.5e9));
        assertThat(QuantizedWork.of(step(Recomputation.NONE).in(MatrixPrecision.FP8))
                        .bytes())
                .isCloseTo(work.bytes() - 32 * 5 * (8192.0 * 23_296 + 202.375e6), within(0.1e9));
    }

    /** Faster than bf16, by less than twice; and further below its own peak. */
    @Test
    void thePredictionCountsGemmsAndCopies() {
        StepPrediction bf16 = StepPrediction.of(step(Recomputation.FULL), H200, 1);
        StepPrediction fp8 = StepPrediction.of(step(Recomputation.FULL).in(MatrixPrecision.FP8), H200, 1);
        double head = 3 * 2.0 * 8192 * 4096 * 32_000;
        double layers = StepWork.of(bf16.setup(), 1).gemmFlop() - head;
        double saved = layers / 2 / (H200.value(Figure.GEMMS) * 1e12);
        double copies = QuantizedWork.of(fp8.setup()).bytes() / (H200.value(Figure.MEMORY_KERNELS) * 1e9);

        assertThat(fp8.computing())
                .isCloseTo(bf16.computing() + (copies - saved) * H200.value(Figure.BEYOND_THE_PARTS), within(1e-9));
        assertThat(fp8.computing() / bf16.computing()).isBetween(0.5, 0.8);
        assertThat(fp8.mfuCausal()).isLessThan(bf16.mfuCausal());
        assertThat(fp8.optimizer()).isEqualTo(bf16.optimizer());
    }

    private static StepSetup step(Recomputation recomputation) {
        return new StepSetup(
                ModelPreset.LLAMA2_7B.shape(),
                2048,
                4,
                1,
                ZeroSetup.defaults(0, false),
                recomputation,
                CollectiveMode.DEEPSPEED,
                2,
                2);
    }
}
