package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What traffic behind GEMMs takes from them, of a coupled step: GEMMs of 200 ms in buckets, two ranks, so that 4 GB of gradients
 * are 4 GB on the bus. What such a step exposes is known: the last bucket, and what each other takes longer than its GEMMs.
 */
class MeasuredGpusTest {
    private static final double ALONE = 200;
    private static final double GIGABYTES = 4;

    /** Each GB that is hidden takes 2 ms, whatever the step exposes. */
    @ParameterizedTest
    @CsvSource({"16, 32", "100, 32", "160, 8", "100, 4", "200, 32", "240, 32", "300, 16"})
    void whatIsExposedIsNotCountedOnceMore(double communicating, int buckets) {
        double exposed = exposed(communicating, buckets);
        double hidden = GIGABYTES * (1 - exposed / communicating);

        Estimate slowed = slowed(ALONE + exposed + 2 * hidden, communicating, buckets + "")
                .orElseThrow();

        assertThat(slowed.value()).isCloseTo(2, within(1e-6));
        assertThat(slowed.source()).contains("coupled, 1 launch");
    }

    /** A fabric so slow that more than half is exposed says nothing of what the rest costs. */
    @Test
    void aStepThatExposesMostOfItTellsNothing() {
        assertThat(slowed(900, 800, "32")).isEmpty();
    }

    @Test
    void aStepWithoutItsPartsTellsNothing() {
        assertThat(slowed(220, 100, "")).as("no number of buckets").isEmpty();
        assertThat(slowed(220, 0, "32")).as("no communication").isEmpty();
        assertThat(slowed(Double.NaN, 100, "32")).as("no step").isEmpty();
    }

    @Test
    void aStepThatIsNoLongerThanItsPartsIsSlowedByNothing() {
        assertThat(slowed(200, 100, "32")).isEmpty();
    }

    private static double exposed(double communicating, int buckets) {
        double bucket = communicating / buckets;
        return bucket + (buckets - 1) * Math.max(0, bucket - ALONE / buckets);
    }

    private static Optional<Estimate> slowed(double step, double communicating, String buckets) {
        List<Measurement> measured = new ArrayList<>();
        Map<String, String> conditions = buckets.isEmpty() ? Map.of() : Map.of("buckets", buckets);
        if (step > 0) {
            measured.add(Measurement.of(Metric.STEP_TIME, List.of(step), conditions));
        }
        measured.add(Measurement.of(Metric.COMPUTE_ALONE, ALONE));
        if (communicating > 0) {
            measured.add(Measurement.of(Metric.COMMUNICATION_ALONE, communicating));
        }
        measured.add(Measurement.of(Metric.STEP_BYTES, GIGABYTES * 1e9));
        LaunchResult launch = new LaunchResult(
                "scaled-2-r0",
                LaunchRole.SCALED,
                0,
                List.of("node001", "node002"),
                1,
                IntStream.range(0, 2).mapToObj(rank -> rank(rank, measured)).toList(),
                List.of(),
                Optional.empty());
        MeasuredGpus gpus = new MeasuredGpus(List.of(new ExperimentResult("coupled", List.of(launch), "")), "run 1");
        return Optional.ofNullable(gpus.figures().get(Figure.SLOWED));
    }

    private static RankResult rank(int rank, List<Measurement> measured) {
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                "coupled",
                "scaled-2-r0",
                rank,
                2,
                "node00" + (rank + 1),
                0,
                "host",
                "boot",
                1,
                List.of(0, 1));
        DeviceIdentity device = new DeviceIdentity(
                "cuda", "NVIDIA H200", "GPU-" + rank, "s", "d", 1, 132, "9.0", 1980, List.of(), Map.of());
        return new RankResult(header, device, measured, List.of(), List.of(), Optional.empty());
    }
}
