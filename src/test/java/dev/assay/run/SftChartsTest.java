package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Chart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SftChartsTest {
    @Test
    void everyRankHasAColumnThatAddsUpToItsStep() {
        LaunchResult launch = Launches.of(List.of(trained(120, 20), trained(120, 30)));

        List<Chart> charts = SftCharts.breakdown("sft-7b-2", launch);

        assertThat(charts).hasSize(1);
        assertThat(charts.get(0).title()).isEqualTo("Where a step's time goes, sft-7b-2");
        assertThat(charts.get(0).csv().lines())
                .containsExactly(
                        "\"unit\",\"forward ms\",\"recomputation ms\",\"backward, loss ms\",\"norm, AdamW ms\","
                                + "\"exposed communication ms\",\"between steps ms\"",
                        "\"node001 GPU 0\",20.0,15.0,40.0,5.0,20.0,20.0",
                        "\"node001 GPU 1\",20.0,15.0,40.0,5.0,30.0,10.0");
    }

    @Test
    void longStepsAreInSeconds() {
        LaunchResult launch = Launches.of(List.of(trained(45_000, 20)));

        Chart chart = SftCharts.breakdown("sft-7b-2", launch).get(0);

        assertThat(chart.csv()).contains("forward s").contains("0.02,0.015,0.04,0.005,0.02,44.9");
    }

    @Test
    void aRankWithoutItsPartsHasNoColumn() {
        LaunchResult launch = Launches.of(List.of(List.of(Measurement.of(Metric.STEP_TIME, 100)), trained(120, 20)));

        assertThat(SftCharts.breakdown("x", launch).get(0).csv())
                .doesNotContain("GPU 0")
                .contains("GPU 1");
        assertThat(SftCharts.breakdown("x", Launches.of(List.of(List.of())))).isEmpty();
    }

    @Test
    void lossAndNormAreDrawnStepByStep() {
        List<Measurement> measured = List.of(
                Measurement.of(Metric.TRAIN_LOSS, 4.9, 4.8, 4.7), Measurement.of(Metric.TRAIN_GRADIENT_NORM, 3, 2, 1));

        Chart chart =
                SftCharts.steps("sft-7b-2", Launches.of(List.of(measured)), 1).get(0);

        assertThat(chart.csv().lines().skip(1))
                .contains(
                        "\"Loss, nats a token, mean over all ranks\",1,\"no\",4.9",
                        "\"Loss, nats a token, mean over all ranks\",3,\"yes\",4.7",
                        "\"Gradient norm before clipping\",3,\"yes\",1.0");
        assertThat(SftCharts.steps("sft-7b-2", Launches.of(List.of(List.of())), 1))
                .isEmpty();
    }

    @Test
    void thePlanByPartStandsBesideWhatTheDeviceSaysOfTheFullestGpu() {
        List<Measurement> measured = new ArrayList<>(planned());
        measured.add(Measurement.of(
                Metric.MEMORY_PLANNED,
                List.of(13_312.0),
                Map.of("weights, MiB", "2048", "context, MiB", "2048", "NCCL's buffers, MiB", "1024", "config", "7b")));
        List<Measurement> fuller = new ArrayList<>(measured);
        measured.add(Measurement.of(Metric.MEMORY_USED, 12_800));
        fuller.add(Measurement.of(Metric.MEMORY_USED, 13_312));

        Chart chart = SftMemoryCharts.of("sft-7b-2", Launches.of(List.of(measured, fuller)))
                .get(0);

        assertThat(chart.csv().lines())
                .containsExactly(
                        "\"unit\",\"weights GiB\",\"optimizer GiB\",\"NCCL's buffers, assumed GiB\","
                                + "\"context, assumed GiB\",\"in use GiB\"",
                        "\"planned by part\",2.0,8.0,1.0,2.0,0.0",
                        "\"in use, says the device\",0.0,0.0,0.0,0.0,13.0");
        assertThat(chart.svg()).contains("node001 GPU 1");
    }

    @Test
    void aDeviceThatTellsNothingShowsThePlanAlone() {
        Chart chart = SftMemoryCharts.of("x", Launches.of(List.of(planned()))).get(0);

        assertThat(chart.csv().lines()).hasSize(2);
        assertThat(chart.svg()).contains("does not tell what is in use");
        assertThat(SftMemoryCharts.of("x", Launches.of(List.of(List.of())))).isEmpty();
    }

    private static List<Measurement> planned() {
        return List.of(
                Measurement.of(Metric.MEMORY_PART, List.of(2048.0), Map.of("part", "weights")),
                Measurement.of(Metric.MEMORY_PART, List.of(0.0), Map.of("part", "buckets")),
                Measurement.of(Metric.MEMORY_PART, List.of(8192.0), Map.of("part", "optimizer")));
    }

    /** Baselines of one node, a communicator each: 2 · 1000 tokens in 0.1 s; on both nodes 4000 in 0.1 s and 0.102. */
    @Test
    void tokensOverNodesHaveAnInterval() {
        List<LaunchResult> launches = new ArrayList<>();
        for (double millis : new double[] {100, 102}) {
            launches.add(launch(LaunchRole.BASELINE, millis, List.of(List.of(0, 1), List.of(2, 3))));
            launches.add(launch(LaunchRole.SCALED, millis, List.of(List.of(0, 1, 2, 3))));
        }

        Chart chart =
                SftScalingCharts.chart("7b", launches, OptionalDouble.of(95)).get(0);

        List<String> rows = chart.csv().lines().toList();
        assertThat(rows.get(0)).isEqualTo("\"nodes\",\"throughput tokens/s\",\"low\",\"high\"");
        assertThat(numbers(rows.get(1))).satisfies(row -> {
            assertThat(row.get(0)).isEqualTo(1);
            assertThat(row.get(1)).isBetween(19_800.0, 19_805.0);
            assertThat(row.get(2)).isLessThan(19_608);
            assertThat(row.get(3)).isGreaterThan(20_000);
        });
        assertThat(numbers(rows.get(2)).get(1)).isBetween(39_600.0, 39_610.0);
        assertThat(SftScalingCharts.chart("7b", launches.subList(0, 1), OptionalDouble.empty()))
                .as("one number of nodes is no curve")
                .isEmpty();
    }

    @Test
    void oneLaunchHasNoInterval() {
        List<LaunchResult> launches = List.of(
                launch(LaunchRole.BASELINE, 100, List.of(List.of(0, 1), List.of(2, 3))),
                launch(LaunchRole.SCALED, 100, List.of(List.of(0, 1, 2, 3))));

        Chart chart =
                SftScalingCharts.chart("7b", launches, OptionalDouble.empty()).get(0);

        List<Double> row = numbers(chart.csv().lines().toList().get(2));
        assertThat(row.get(2)).isEqualTo(row.get(1)).isEqualTo(row.get(3));
        assertThat(chart.svg()).doesNotContain("Infinity");
    }

    /** Ranks that are slow in turn slow every step, as the row beside the picture counts it: 4000 tokens in 0.2 s. */
    @Test
    void everyStepIsAsLongAsItsSlowestRank() {
        LaunchResult even = launch(LaunchRole.SCALED, 100, List.of(List.of(0, 1, 2, 3)));
        List<RankResult> ranks = even.ranks().stream()
                .map(rank -> rank.header().rank() % 2 == 0 ? steps(rank, 100, 200) : steps(rank, 200, 100))
                .toList();
        List<LaunchResult> launches = List.of(
                launch(LaunchRole.BASELINE, 100, List.of(List.of(0, 1), List.of(2, 3))),
                new LaunchResult(even.id(), even.role(), 0, even.nodes(), 2, ranks, List.of(), Optional.empty()));

        Chart chart =
                SftScalingCharts.chart("7b", launches, OptionalDouble.empty()).get(0);

        assertThat(numbers(chart.csv().lines().toList().get(2)).get(1)).isCloseTo(20_000, within(1e-6));
    }

    private static RankResult steps(RankResult rank, double... millis) {
        List<Measurement> measured =
                List.of(Measurement.of(Metric.STEP_TIME, millis), Measurement.of(Metric.STEP_TOKENS, 1000));
        LaunchResult made =
                Launches.of(List.of("node001", "node002"), 2, List.of(measured, measured, measured, measured));
        return Launches.among(
                made.ranks().get(rank.header().rank()), rank.header().communicator());
    }

    private static List<Double> numbers(String row) {
        return List.of(row.split(",", -1)).stream().map(Double::parseDouble).toList();
    }

    private static LaunchResult launch(LaunchRole role, double millis, List<List<Integer>> communicators) {
        List<Measurement> measured =
                List.of(Measurement.of(Metric.STEP_TIME, millis), Measurement.of(Metric.STEP_TOKENS, 1000));
        LaunchResult made =
                Launches.of(List.of("node001", "node002"), 2, List.of(measured, measured, measured, measured));
        List<RankResult> ranks = made.ranks().stream()
                .map(rank -> Launches.among(
                        rank,
                        communicators.stream()
                                .filter(each -> each.contains(rank.header().rank()))
                                .findFirst()
                                .orElseThrow()))
                .toList();
        return new LaunchResult(made.id(), role, 0, made.nodes(), 2, ranks, List.of(), Optional.empty());
    }

    private static List<Measurement> trained(double step, double exposed) {
        return List.of(
                Measurement.of(Metric.STEP_TIME, step - 1, step + 1),
                Measurement.of(Metric.TRAIN_FORWARD, 19, 21),
                Measurement.of(Metric.TRAIN_RECOMPUTE, 15),
                Measurement.of(Metric.TRAIN_BACKWARD, 40),
                Measurement.of(Metric.TRAIN_UPDATE, 5),
                Measurement.of(Metric.TRAIN_EXPOSED, exposed));
    }
}
