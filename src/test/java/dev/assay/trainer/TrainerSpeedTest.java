package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.assay.training.MatrixPrecision;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The program that times steps, and what it makes of their times. */
class TrainerSpeedTest {
    private static final double PEAK = 1e-3;

    @ParameterizedTest
    @ValueSource(strings = {"bf16", "fp8"})
    void aTinyModelTrainsInEachPrecision(String precision) {
        List<String> arguments = new ArrayList<>(List.of("tiny", "1", "1", "full", "reference"));
        if (precision.equals("fp8")) {
            arguments.add(precision);
        }

        assertThat(TrainerSpeed.train(arguments)).isTrue();
    }

    @Test
    void utilisationIsOfThePeakInTheMatricesPrecision() {
        StepSetup step = TrainerRecord.step(Small.FP8_LLAMA, 40, 2, 1, Recomputation.NONE);

        TimedSteps bf16 = timed(step);
        TimedSteps fp8 = timed(step.in(MatrixPrecision.FP8));

        assertThat(fp8.tokensPerSecond()).isEqualTo(bf16.tokensPerSecond());
        assertThat(fp8.mfuCausal(PEAK)).isEqualTo(bf16.mfuCausal(PEAK) / 2, offset(1e-12));
        assertThat(fp8.mfuFull(PEAK)).isEqualTo(bf16.mfuFull(PEAK) / 2, offset(1e-12));
    }

    @ParameterizedTest
    @CsvSource({"3, 2.5, true", "3, 3.5, false", "3, NaN, false"})
    void stepsThatDoNotTrainAreTold(double first, double last, boolean trains) {
        StepSetup setup = TrainerRecord.step(Small.FP8_LLAMA, 40, 2, 1, Recomputation.NONE);
        TimedSteps favourites = new TimedSteps(setup, List.of(step(first)), 0, 1);
        TimedSteps chosen = new TimedSteps(setup, List.of(step(last)), 0, 1);

        assertThat(favourites.and(chosen).trains()).isEqualTo(trains);
    }

    private static TimedSteps timed(StepSetup step) {
        return new TimedSteps(step, List.of(step(3)), 0, 1);
    }

    private static StepResult step(double loss) {
        return new StepResult(1, loss, 1, 1, new StepTimes(1, 0, 2, 1, 0, 4, List.of()));
    }
}
