package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.verdict.Judge;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** From what eight ranks of one node recorded to the verdict of a link's criterion, by the plan that asks for it. */
class LinkVerdictTest {
    private static final int GPUS = 8;
    private static final Plan PLAN = Plans.h200(1);

    @Test
    void healthyLinksPassOverAllOrderedPairs() {
        Verdict verdict = verdict("peer-ce-write", (rank, measurement) -> Optional.of(measurement));

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.coverage().measured()).isEqualTo(GPUS * (GPUS - 1));
        assertThat(verdict.coverage().what()).isEqualTo("links");
    }

    @Test
    void aSlowLinkFailsAndIsNamed() {
        Verdict verdict = verdict("peer-ce-write", onLink(2, 5, measurement -> Optional.of(rate(measurement, 201.5))));

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.worstUnit())
                .hasValueSatisfying(unit -> assertThat(unit).contains("GPU 2").endsWith("to GPU 5"));
    }

    @Test
    void aSlowLinkAboveTheFloorFailsAgainstItsFleet() {
        Verdict verdict = verdict("peer-spread", onLink(2, 5, measurement -> Optional.of(rate(measurement, 377))));

        assertThat(verdict.state()).isEqualTo(State.FAIL);
    }

    @Test
    void aMissingLinkIsNeverAPass() {
        Verdict verdict = verdict("peer-ce-write", onLink(7, 0, measurement -> Optional.empty()));

        assertThat(verdict.state()).isNotIn(State.PASS, State.NOT_APPLICABLE);
        assertThat(verdict.sentence()).contains("6 values of peer.bandwidth where 7 must be");
    }

    @Test
    void aLinkAboveItsCeilingIsInvalid() {
        Verdict verdict = verdict("peer-ce-write", onLink(0, 1, measurement -> Optional.of(rate(measurement, 2100))));

        assertThat(verdict.state()).isEqualTo(State.INVALID);
    }

    private interface Spoil {
        Optional<Measurement> apply(int rank, Measurement measurement);
    }

    private static Spoil onLink(int from, int to, Function<Measurement, Optional<Measurement>> spoil) {
        Predicate<Measurement> there =
                measurement -> ("GPU " + to).equals(measurement.conditions().get("to"));
        return (rank, measurement) ->
                rank == from && there.test(measurement) ? spoil.apply(measurement) : Optional.of(measurement);
    }

    private static Verdict verdict(String criterion, Spoil spoil) {
        List<Row> rows = PLAN.rows().stream()
                .filter(row -> row.criterion().id().equals(criterion)
                        || row.criterion().id().equals("peer-correct"))
                .toList();
        LaunchResult launch = new LaunchResult(
                "load-1",
                LaunchRole.LOAD,
                0,
                PLAN.experiment("peer").nodes(),
                GPUS,
                IntStream.range(0, GPUS).mapToObj(rank -> rank(rank, spoil)).toList(),
                List.of(),
                Optional.empty());
        return Judge.judge(
                        rows.stream().map(row -> Questions.of(row, PLAN)).toList(),
                        new ExperimentResult("peer", List.of(launch), ""))
                .stream()
                .filter(verdict -> verdict.criterion().id().equals(criterion))
                .findFirst()
                .orElseThrow();
    }

    private static RankResult rank(int rank, Spoil spoil) {
        List<Measurement> measurements = new ArrayList<>();
        for (int other = 0; other < GPUS; other++) {
            if (other != rank) {
                spoil.apply(rank, link(other)).ifPresent(measurements::add);
            }
        }
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                "peer",
                "load-1",
                rank,
                GPUS,
                PLAN.experiment("peer").nodes().get(0),
                rank,
                "host",
                "boot",
                100 + rank,
                IntStream.range(0, GPUS).boxed().toList());
        DeviceIdentity device = new DeviceIdentity(
                "cuda", "NVIDIA H200", "GPU-" + rank, "s" + rank, "580", 1, 132, "9.0", 1980, List.of(), Map.of());
        List<Check> checks = List.of(new Check("peer.read", 100, 0, 0, "x"), new Check("peer.written", 100, 0, 0, "x"));
        return new RankResult(header, device, measurements, checks, List.of(), Optional.empty());
    }

    private static Measurement link(int to) {
        return Measurement.of(
                Metric.PEER_BANDWIDTH,
                List.of(392.0 + to / 10.0, 393.0 + to / 10.0, 394.0),
                Map.of("to", "GPU " + to, "method", "ce", "access", "write", "direction", "one"));
    }

    private static Measurement rate(Measurement link, double rate) {
        return Measurement.of(link.metric(), List.of(rate, rate + 0.1), link.conditions());
    }
}
