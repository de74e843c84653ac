package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepProjectionTest {
    private static final Machine ONE_H200 = new Machine(1, 989.4, 4800, 285, 275, 0);

    /**
     * The one step of a whole model that this engine took on a GPU: 7B, micro-batch 4, two a step, full checkpointing, one H200:
     * 11 489 tokens/s (11 440 to 11 538), 1 426 ms, of which 48 ms were clipping, norm and AdamW (native/README.md).
     */
    @Test
    void theMeasuredStepLiesWithinTheStatedError() {
        StepProjection projection = StepProjection.of(measuredSetup(), ONE_H200, 1, Optional.empty());

        assertThat(projection.step().contains(1.426)).isTrue();
        assertThat(projection.tokensPerSecondPerGpu().contains(11_489)).isTrue();
        assertThat(projection.step().value()).as("not by a wide error").isCloseTo(1.426, within(0.03 * 1.426));
        assertThat(projection.step().high() / projection.step().low() - 1)
                .as("the stated error is one")
                .isBetween(0.05, 0.20);
        assertThat(projection.prediction().optimizer()).isCloseTo(0.048, within(0.15 * 0.048));
        assertThat(projection.prediction().exposed()).isZero();
    }

    /** Counted by hand from the config's shapes, of the same step (native/README.md): 809 TFLOP of GEMMs, attention 107 ms. */
    @Test
    void thePartsOfThatStepAreItsParts() {
        StepWork work = StepWork.of(measuredSetup(), 1);

        assertThat(2 * work.gemmFlop()).isCloseTo(809e12, within(1e12));
        double attention = work.attentionForward() / 394e12 + work.attentionBackward() / 356e12;
        assertThat(2 * attention).isCloseTo(0.107, within(0.002));
    }

    /** Without a figure's range the step has no error of it; twice the rate of all computing takes about half. */
    @Test
    void theErrorComesFromTheFigures() {
        Machine certain = ONE_H200;
        for (Figure figure : Figure.values()) {
            certain = certain.fixed(figure, certain.value(figure));
        }

        Range none =
                StepProjection.of(measuredSetup(), certain, 1, Optional.empty()).step();
        Range gemms = StepProjection.of(
                        measuredSetup(),
                        certain.with(Map.of(Figure.GEMMS, new Estimate(680, 340, 680, "half as fast at worst"))),
                        1,
                        Optional.empty())
                .step();

        assertThat(none.high()).isEqualTo(none.low());
        assertThat(gemms.low()).isCloseTo(gemms.value(), within(1e-9));
        assertThat(gemms.high() - gemms.value()).isCloseTo(809.4 / 680, within(0.01));
    }

    /** What a site measured of this very step is taken for it, and for no other. */
    @Test
    void aMeasuredStepIsTakenForItself() {
        Machine measured = ONE_H200.withTrained(Map.of(measuredSetup(), new Estimate(2, 1.9, 2.1, "a site's own run")));

        assertThat(StepPrediction.of(measuredSetup(), measured, 1).computing())
                .isCloseTo(2 * StepPrediction.of(measuredSetup(), ONE_H200, 1).computing(), within(1e-9));
        StepSetup other = Setups.of("7b", 1);
        assertThat(StepPrediction.of(other, measured, 1).computing())
                .isEqualTo(StepPrediction.of(other, ONE_H200, 1).computing());
        Range step = StepProjection.of(measuredSetup(), measured, 1, Optional.empty())
                .step();
        assertThat(step.high()).isGreaterThan(step.value());
    }

    @Test
    void aShapeMeasuredFasterIsFaster() {
        StepSetup seven = Setups.of("7b", 1);
        Machine faster = Setups.h200(8).withShapes(Map.of("32768x11008x4096", 1.1));

        assertThat(StepPrediction.of(seven, faster, 8).computing())
                .isLessThan(StepPrediction.of(seven, Setups.h200(8), 8).computing());
    }

    /** The same figures are wrong in both, so an efficiency is known better than either step. */
    @Test
    void anEfficiencyIsKnownBetterThanItsSteps() {
        StepProjection projection = StepProjection.of(Setups.of("7b", 1), Setups.h200(2), 8, Optional.of(1));

        Range scale = projection.weakEfficiency().orElseThrow();
        assertThat(scale.value()).isBetween(0.985, 1.0);
        assertThat(scale.high() - scale.low())
                .isLessThan((projection.step().high() - projection.step().low())
                        / projection.step().value());
    }

    /** Seventy behind two NICs: what it waits for is the least certain of it. */
    @Test
    void whatWaitsForTheFabricIsLessCertain() {
        StepProjection bound = StepProjection.of(Setups.of("70b", 3), Setups.h200(2), 8, Optional.empty());
        StepProjection free = StepProjection.of(Setups.of("7b", 1), Setups.h200(2), 8, Optional.empty());

        assertThat(spread(bound.step())).isGreaterThan(1.5 * spread(free.step()));
        assertThat(bound.exposed().low()).isPositive();
        assertThat(bound.prediction().ownEfficiencyWithFullOverlap())
                .as("faster computing leaves less to hide behind")
                .isLessThan(bound.prediction().efficiencyWithFullOverlap());
    }

    private static double spread(Range range) {
        return (range.high() - range.low()) / range.value();
    }

    private static StepSetup measuredSetup() {
        StepSetup base = Setups.of(ModelPreset.LLAMA2_7B, 4, 0);
        return new StepSetup(base.model(), 2048, 4, 2, base.zero(), Recomputation.FULL, CollectiveMode.DEEPSPEED, 2, 2);
    }
}
