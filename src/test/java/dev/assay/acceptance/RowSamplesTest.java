package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.MetricKind;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The raw samples beside a row's verdict: those that it was computed from. */
class RowSamplesTest {
    private static final Path RECORDED =
            Path.of("src/test/resources/runs/h200-sft/experiments/sft-shares-1/scaled-1-r0/rank-0.ndjson");

    /** A rank that measured everything once, as far as ranks measure it. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void everyMetricAttachesWhatItIsMadeOf(Metric metric) {
        RankResult rank = with(Arrays.stream(Metric.values())
                .filter(each -> each.kind() != MetricKind.DERIVED)
                .map(each -> Measurement.of(each, 1))
                .toList());

        List<String> lines = lines(metric, rank);

        assertThat(lines.get(0)).startsWith("launch,rank,node,gpu,");
        assertThat(lines).as("lines of %s", metric.key()).hasSizeGreaterThan(1);
    }

    /** What the judge reads, by the formulas of native/README.md. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            LOAD_RATIO               | gemm.tflops step.time step.flop.executed tensor.active sm.clock
            SENSITIVITY              | compute.alone communication.alone step.time step.bytes step.bytes.bus step.flop.executed
            TRAIN_FABRIC             | step.time step.bytes.bus step.flop.executed
            TRAIN_EXPOSED            | train.exposed train.silent step.time
            TRAIN_EXPOSED_DIFFERENCE | train.exposed train.silent step.time
            TRAIN_COMMUNICATION      | train.collective
            TRAIN_GRADIENTS_BUSBW    | train.collective
            TRAIN_WEIGHTS_BUSBW      | train.collective
            PAIR_NODE_BANDWIDTH      | pair.bandwidth
            """)
    void aDerivedMetricAttachesAllOfItsSources(Metric metric, String sources) {
        RankResult rank = with(Arrays.stream(Metric.values())
                .filter(each -> each.kind() != MetricKind.DERIVED)
                .map(each -> Measurement.of(each, 1))
                .toList());

        Set<String> found = lines(metric, rank).stream()
                .skip(1)
                .map(line -> line.split(",", -1)[4])
                .collect(Collectors.toSet());

        assertThat(found).containsExactlyInAnyOrder(sources.split(" "));
    }

    /** Of a step on one H200: FLOP, its time, and the counters that the load proof sets beside them. */
    @Test
    void theLoadProofOfARecordedStepCanBeReckonedAgain() {
        List<String> lines = lines(Metric.LOAD_RATIO, recorded());

        assertThat(lines)
                .anyMatch(line -> line.contains("step.flop.executed") && line.endsWith(",1.12049120083968E14"))
                .anyMatch(line -> line.contains("step.time"))
                .anyMatch(line -> line.contains("tensor.active") && line.endsWith(",79.87672260046935"))
                .anyMatch(line -> line.contains("sm.clock"));
    }

    private static List<String> lines(Metric metric, RankResult rank) {
        LaunchResult launch = new LaunchResult(
                "scaled-1-r0",
                LaunchRole.SCALED,
                0,
                List.of("localhost"),
                1,
                List.of(rank),
                List.of(),
                Optional.empty());
        return RowSamples.csv(metric, List.of(launch)).lines().toList();
    }

    private static RankResult with(List<Measurement> measurements) {
        RankResult rank = recorded();
        return new RankResult(
                rank.header(), rank.device(), measurements, rank.checks(), rank.digests(), rank.failure());
    }

    private static RankResult recorded() {
        return ResultReader.read(
                RECORDED,
                new ResultReader.Expected(
                        "1ebc329b2919876855240b69d076eab5",
                        "48242d06d66bc9d71c8319dcf879933b75b7c4103d8442bf9570f191a9190331",
                        "sft-shares-1",
                        "scaled-1-r0",
                        0,
                        1));
    }
}
