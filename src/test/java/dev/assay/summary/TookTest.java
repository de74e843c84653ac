package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.summary.Conclusion.Job;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TookTest {
    @ParameterizedTest
    @CsvSource({"100, true", "114.9, true", "115.1, false", "85.1, true", "84.9, false", "0, false", "300, false"})
    void fifteenPerCentToEitherSideIsAsPredicted(double seconds, boolean asPredicted) {
        Took took = new Took(seconds, 100);

        assertThat(took.ratio()).isEqualTo(seconds / 100);
        assertThat(took.asPredicted()).isEqualTo(asPredicted);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "1, -1", "1, NaN", "1, Infinity", "-1, 1", "NaN, 1"})
    void whatIsNoTimeIsRefused(double seconds, double predicted) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Took(seconds, predicted))
                .withMessageContaining("got");
    }

    @Test
    void theJobThatWasPredictedWorstIsNamedWhereItIsOutside() throws IOException {
        Conclusion conclusion = conclusion(
                List.of(job("hbm", new Took(1.2, 1)), job("gemm", new Took(0.5, 1)), job("coupled", new Took(20, 21))));

        assertThat(conclusion.durations())
                .containsExactly(
                        "all together took 21.7 s, predicted 23.0 s (-6 %)",
                        "furthest from its prediction: gemm, took 0.5 s, predicted 1.0 s (-50 %)");
        assertThat(ScreenSummary.text(conclusion))
                .contains("Jobs             all together took 21.7 s")
                .contains("                 furthest from its prediction: gemm");
        assertThat(SummaryPage.html(conclusion, List.of())).contains("furthest from its prediction: gemm");
        JsonNode duration = duration(conclusion);
        assertThat(duration.path("ratio").asDouble()).isEqualTo(21.7 / 23);
        assertThat(duration.path("leastPredicted").asText()).isEqualTo("gemm");
    }

    @Test
    void nobodyIsNamedWhereEveryJobTookWhatWasPredicted() throws IOException {
        Conclusion conclusion = conclusion(List.of(job("hbm", new Took(1.1, 1)), job("gemm", new Took(0.9, 1))));

        assertThat(conclusion.durations()).containsExactly("all together took 2.0 s, predicted 2.0 s (+0 %)");
        assertThat(duration(conclusion).has("leastPredicted")).isFalse();
    }

    @Test
    void aTotalIsNotMadeOfSomeJobs() throws IOException {
        Conclusion conclusion =
                conclusion(List.of(job("hbm", new Took(3, 1)), new Job("gemm", Optional.empty(), "ended")));

        assertThat(conclusion.durations())
                .containsExactly("furthest from its prediction: hbm, took 3.0 s, predicted 1.0 s (+200 %)");
        assertThat(duration(conclusion).isMissingNode()).isTrue();
    }

    private static JsonNode duration(Conclusion conclusion) throws IOException {
        return new ObjectMapper().readTree(VerdictJson.text(conclusion)).path("duration");
    }

    private static Job job(String experiment, Took took) {
        return new Job(experiment, Optional.empty(), "1 launch, whole", Optional.of(took));
    }

    private static Conclusion conclusion(List<Job> jobs) {
        Conclusion any = Samples.embeddedOk();
        return new Conclusion(
                any.runId(),
                any.startedAt(),
                any.suiteVersion(),
                any.hashes(),
                any.command(),
                any.plan(),
                any.decision(),
                any.meaning(),
                any.verdicts(),
                any.identity(),
                any.libraries(),
                any.attemptsBefore(),
                any.notCertified(),
                jobs,
                any.replayOf(),
                any.warnings(),
                any.reports());
    }
}
