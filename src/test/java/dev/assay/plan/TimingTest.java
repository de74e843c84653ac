package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.job.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions beside what jobs really took. */
class TimingTest {
    private static final Path RUN = Path.of("src/test/resources/runs/h200-x2");

    /** From submission to end, as the journal of the run on two H200 has it; the queue was empty. */
    private static double took(String experiment) {
        List<Journal.Entry> entries = Journal.read(RUN.resolve("journal.ndjson"));
        String tag = entries.stream()
                .filter(entry -> entry.event().equals("INTENT")
                        && entry.detail("experiment").orElse("").equals(experiment))
                .findFirst()
                .flatMap(entry -> entry.detail("tag"))
                .orElseThrow();
        return Duration.between(time(entries, "SUBMITTED", tag), time(entries, "ENDED", tag))
                        .toMillis()
                / 1e3;
    }

    private static Instant time(List<Journal.Entry> entries, String event, String tag) {
        return entries.stream()
                .filter(entry -> entry.event().equals(event)
                        && entry.detail("tag").orElse("").equals(tag))
                .map(entry -> Instant.parse(entry.time()))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"burn", "coupled"})
    void jobsOnRealGpusTookWhatIsPredictedNow(String id) {
        Plan plan = PlanJson.read(RUN.resolve("plan.json"));
        Experiment experiment = plan.experiment(id);

        double predicted = Timing.expectedSeconds(plan.cluster(), experiment.workload(), experiment.launches());

        assertThat(took(id)).isBetween(30.0, 200.0).isCloseTo(predicted, withinPercentage(15));
    }
}
