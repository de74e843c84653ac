package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.Check;
import dev.assay.training.CollectiveMode;
import dev.assay.training.ModelPreset;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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
        assertThat(start(10.3735).wrong()).isEqualTo(2);
        assertThat(start(11.35).wrong()).isEqualTo(2);
        assertThat(start(Double.NaN).wrong()).isEqualTo(2);
    }

    /** Among 16 its ln V moves the mean by less than the mean may stray. */
    @Test
    void aRankThatGatheredNothingIsFound() {
        Double[] ranks = new Double[16];
        Arrays.fill(ranks, 11.1927);
        ranks[5] = 10.3735;
        Check check = SftChecks.start(SEVEN, curve(ranks));

        assertThat(check.checked()).isEqualTo(17);
        assertThat(check.wrong()).isEqualTo(1);
        assertThat(check.detail()).contains("rank 5 of the communicator with 10.3735");
    }

    private static Check start(double loss) {
        return SftChecks.start(SEVEN, curve(loss));
    }

    private static SftCurve curve(Double... firstOfRanks) {
        return new SftCurve(
                Stream.of(firstOfRanks).map(first -> List.of(first, first - 1)).toList(),
                Stream.of(firstOfRanks).map(first -> List.of(1.0, 1.0)).toList());
    }
}
