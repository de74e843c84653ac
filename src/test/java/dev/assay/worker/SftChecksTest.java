package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.Check;
import dev.assay.training.CollectiveMode;
import dev.assay.training.ModelPreset;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.util.List;
import org.junit.jupiter.api.Test;

class SftChecksTest {
    private static final StepSetup SEVEN = new StepSetup(
            ModelPreset.LLAMA2_7B.shape(),
            2048,
            16,
            16,
            ZeroSetup.defaults(1, false),
            Recomputation.FULL,
            CollectiveMode.DEEPSPEED,
            2,
            2);

    @Test
    void theFirstLossOfSevenIsThatOfSeededWeights() {
        assertThat(SftChecks.expectedLoss(SEVEN)).isCloseTo(10.3735 + 0.8192, within(1e-3));
        assertThat(SftChecks.bound(SEVEN, 16)).isBetween(0.05, 0.1);
        assertThat(start(11.19).wrong()).isZero();
    }

    /** A head that computes nothing gives ln V; lost weights give less or more. */
    @Test
    void logitsThatNobodyComputedAreFound() {
        assertThat(start(10.3735).wrong()).isEqualTo(1);
        assertThat(start(11.35).wrong()).isEqualTo(1);
        assertThat(start(Double.NaN).wrong()).isEqualTo(1);
    }

    private static Check start(double loss) {
        return SftChecks.start(SEVEN, new SftCurve(List.of(loss, loss), List.of(List.of(1.0, 1.0))));
    }
}
