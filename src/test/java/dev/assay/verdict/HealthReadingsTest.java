package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criteria;
import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.PlannedFigures;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HealthReadingsTest {
    private static final Criteria H200 = CriteriaFile.read("h200-sxm", Optional.empty());

    private final Fleet fleet = Fleet.cuda(2, 8);

    @ParameterizedTest
    @CsvSource({
        "ecc-uncorrected, ECC_UNCORRECTED, '4,4', PASS",
        "ecc-uncorrected, ECC_UNCORRECTED, '4,5', FAIL",
        "ecc-uncorrected, ECC_UNCORRECTED, '5,4', INVALID",
        "ecc-uncorrected, ECC_UNCORRECTED, '4', INCONCLUSIVE",
        "pcie-replays, PCIE_REPLAYS, '120,120', PASS",
        "pcie-replays, PCIE_REPLAYS, '120,121', FAIL",
        "pcie-replays, PCIE_REPLAYS, '120,0', INVALID",
        "ecc-mode, ECC_MODE, '1,1', PASS",
        "ecc-mode, ECC_MODE, '1,0', FAIL",
        "remapped-pending, REMAPPED_PENDING, '0,0', PASS",
        "remapped-pending, REMAPPED_PENDING, '0,1', FAIL",
        "remapped-pending, REMAPPED_PENDING, '1,1', FAIL",
        "remapped-failure, REMAPPED_FAILURE, '1,1', FAIL",
        "remapped-new, REMAPPED_ROWS, '3,3', PASS",
        "remapped-new, REMAPPED_ROWS, '3,4', FAIL",
        "remapped-new, REMAPPED_ROWS, '4,3', INCONCLUSIVE",
        "remapped-new, REMAPPED_ROWS, '3', INCONCLUSIVE",
        "ecc-uncorrected-lifetime, ECC_UNCORRECTED_LIFETIME, '2,2', NOT_APPLICABLE",
        "xid-errors, XID, '0', PASS",
        "xid-errors, XID, '1', FAIL",
        "foreign-processes, FOREIGN_PROCESSES, '0', PASS",
        "foreign-processes, FOREIGN_PROCESSES, '1', INVALID",
        "nvlink-active, NVLINK_ACTIVE, '18,18', PASS",
        "nvlink-active, NVLINK_ACTIVE, '18,17', FAIL",
        "violation-thermal, VIOLATION_THERMAL, '250.5,250.5', PASS",
        "violation-thermal, VIOLATION_THERMAL, '250.5,250.501', FAIL",
        "violation-thermal, VIOLATION_THERMAL, '250.5,0', INVALID",
        "violation-thermal, VIOLATION_THERMAL, '0', INCONCLUSIVE",
        "violation-power, VIOLATION_POWER, '3,900', NOT_APPLICABLE",
        "nvlink-errors, NVLINK_ERRORS, '3,4', NOT_APPLICABLE",
        "pcie-generation, PCIE_GENERATION, '5,5,5', PASS",
        "pcie-generation, PCIE_GENERATION, '1,5,5', PASS",
        "pcie-generation, PCIE_GENERATION, '4,4,5', FAIL",
        "pcie-width, PCIE_WIDTH, '16,16', PASS",
        "pcie-width, PCIE_WIDTH, '16,8', FAIL"
    })
    void theH200sCriteriaTellGoodFromBad(String id, Metric metric, String samples, State expected) {
        double[] values = java.util.Arrays.stream(samples.split(",", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();

        assertThat(fleet.reading(metric, values).burn(criterion(id)).state()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {
                "ECC_UNCORRECTED",
                "ECC_MODE",
                "REMAPPED_PENDING",
                "REMAPPED_FAILURE",
                "PCIE_REPLAYS",
                "PCIE_GENERATION",
                "PCIE_WIDTH",
                "NVLINK_ACTIVE",
                "VIOLATION_THERMAL",
                "XID",
                "FOREIGN_PROCESSES"
            })
    void whatNvmlCannotTellIsNeverZeroAndNeverPasses(Metric metric) {
        Criterion criterion = judgedBy(metric);
        Fleet refused = fleet.ranks(rank -> Fleet.refused(rank, metric, "Not Supported (3) by nvmlX"));

        Verdict verdict = refused.burn(criterion);

        assertThat(verdict.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("Not Supported (3) by nvmlX").contains("0 of 16");
        assertThat(fleet.burn(criterion).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(fleet.reading(metric, 0, 0)
                        .rank(3, rank -> Fleet.without(rank, metric))
                        .burn(criterion)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "coupled-nvlink-replays, NVLINK_REPLAYS, '2,2', PASS",
        "coupled-nvlink-replays, NVLINK_REPLAYS, '2,3', FAIL",
        "coupled-nvlink-replays, NVLINK_REPLAYS, '2,0', INVALID",
        "coupled-pcie-replays, PCIE_REPLAYS, '100,108', PASS",
        "coupled-pcie-replays, PCIE_REPLAYS, '100,109', FAIL",
        "coupled-violation-thermal, VIOLATION_THERMAL, '9,9', PASS",
        "coupled-violation-thermal, VIOLATION_THERMAL, '9,10', FAIL",
        "coupled-pcie-generation, PCIE_GENERATION, '4,4,4', FAIL",
        "coupled-pcie-width, PCIE_WIDTH, '16,8', FAIL"
    })
    void aroundAnotherWorkloadTheSameIsJudged(String id, Metric metric, String samples, State expected) {
        double[] values = java.util.Arrays.stream(samples.split(",", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        Fleet watched = fleet.reading(Metric.TELEMETRY_COVERAGE, 99).reading(Metric.TELEMETRY_RATE, 5);
        Fleet refused = watched.ranks(rank -> Fleet.refused(rank, metric, "Not Supported (3) by nvmlX"));

        assertThat(watched.reading(metric, values)
                        .coupled(criterion(id), 0.98, 0.98)
                        .state())
                .isEqualTo(expected);
        assertThat(watched.missing(metric).coupled(criterion(id), 0.98, 0.98).state())
                .isEqualTo(State.INCONCLUSIVE);
        assertThat(refused.coupled(criterion(id), 0.98, 0.98).sentence()).contains("Not Supported (3) by nvmlX");
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"PCIE_BYTES_SENT", "PCIE_BYTES_RECEIVED", "NVLINK_BYTES_SENT", "NVLINK_BYTES_RECEIVED"})
    void bytesThatNobodyCountedAreNotZero(Metric metric) {
        Criterion shown =
                Fleet.shown(Fleet.criterion("bytes", "burn", metric, Statistic.MINIMUM, new Limit.AtLeast(0)));
        Fleet refused = fleet.ranks(rank -> Fleet.refused(rank, metric, "Not Supported (3) by nvmlGpmSampleGet"));

        assertThat(refused.burn(shown).value()).isEmpty();
        assertThat(refused.burn(shown).sentence()).contains("Not Supported (3) by nvmlGpmSampleGet");
        assertThat(fleet.reading(metric, 7e9).burn(shown).value()).hasValue(7e9);
    }

    @Test
    void whatTheCriteriaOnlyShowSaysNotSupportedAndStopsNothing() {
        Fleet refused = fleet.ranks(
                rank -> Fleet.refused(rank, Metric.RETIRED_PAGES, "Not Supported (3) by nvmlDeviceGetRetiredPages"));

        Verdict verdict = refused.burn(criterion("retired-pages"));

        assertThat(verdict.state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict.value()).isEmpty();
        assertThat(verdict.sentence()).contains("Not Supported (3) by nvmlDeviceGetRetiredPages");
    }

    @Test
    void aShownCounterThatWasResetHasNoValue() {
        Verdict verdict = fleet.reading(Metric.ECC_CORRECTED, 9, 4).burn(criterion("ecc-corrected"));

        assertThat(verdict.state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(verdict.value()).isEmpty();
        assertThat(verdict.sentence()).contains("ran backwards, from 9 to 4");
        assertThat(fleet.reading(Metric.ECC_CORRECTED, 4, 9)
                        .burn(criterion("ecc-corrected"))
                        .value())
                .hasValue(5);
    }

    @Test
    void theWorstGpuIsNamedWithWhatWasFound() {
        Fleet sick = fleet.reading(Metric.XID, 0)
                .rank(
                        9,
                        rank -> Fleet.replace(
                                rank, Measurement.of(Metric.XID, List.of(2.0), Map.of("found", "94, 79"))));

        Verdict verdict = sick.burn(criterion("xid-errors"));

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("worst 2 on node002 GPU 1 (GPU-9): 94, 79")
                .contains("missed by 1")
                .contains("dmesg");
    }

    @Test
    void besideAForeignProcessNothingIsWhatItClaimsToBe() {
        Fleet visited = fleet.reading(Metric.FOREIGN_PROCESSES, 0)
                .rank(
                        2,
                        rank -> Fleet.replace(
                                rank, Measurement.of(Metric.FOREIGN_PROCESSES, List.of(1.0), Map.of("found", "4711"))));
        List<Criterion> asked =
                List.of(criterion("sustained-tflops"), criterion("gemm-correct"), criterion("foreign-processes"));

        List<Verdict> verdicts = Judge.judge(visited.questions(asked), visited.burn());

        assertThat(verdicts).extracting(Verdict::state).containsExactly(State.INVALID, State.PASS, State.INVALID);
        assertThat(verdicts.get(0).sentence()).contains("it requires foreign-processes, which is INVALID");
        assertThat(verdicts.get(2).sentence()).contains("worst 1 on node001 GPU 2 (GPU-2): 4711");
    }

    @Test
    void aCoupledLaunchIsLookedAtToo() {
        double[] efficiencies = {0.98, 0.98};
        Fleet healthy = fleet.reading(Metric.XID, 0);
        Fleet sick = healthy.ranksOf(
                launch -> launch.id().equals("scaled-2-r1"),
                rank -> rank.header().rank() == 4 ? Fleet.replace(rank, Measurement.of(Metric.XID, 1)) : rank);

        assertThat(healthy.coupled(criterion("coupled-xid-errors"), efficiencies)
                        .state())
                .isEqualTo(State.PASS);
        assertThat(sick.coupled(criterion("coupled-xid-errors"), efficiencies).state())
                .isEqualTo(State.FAIL);
    }

    @Test
    void aCounterThatWasResetNamesTheGpuAndIsNoZero() {
        Verdict verdict = fleet.reading(Metric.ECC_UNCORRECTED, 3, 3)
                .reading(12, Metric.ECC_UNCORRECTED, 3, 0)
                .burn(criterion("ecc-uncorrected"));

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("node002 GPU 4 (GPU-12) ran backwards, from 3 to 0");
    }

    @Test
    void anErrorInTheMiddleOfManyReadingsCounts() {
        Criterion criterion =
                Fleet.criterion("ecc", "burn", Metric.ECC_UNCORRECTED, Statistic.MINIMUM, new Limit.AtMost(0));

        assertThat(fleet.reading(Metric.ECC_UNCORRECTED, 0, 1, 1)
                        .burn(criterion)
                        .state())
                .isEqualTo(State.FAIL);
        assertThat(fleet.reading(Metric.ECC_UNCORRECTED, 0, 2, 1)
                        .burn(criterion)
                        .state())
                .isEqualTo(State.INVALID);
    }

    private static Criterion criterion(String id) {
        return H200.resolve(new PlannedFigures(90, 1, 50)).stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static Criterion judgedBy(Metric metric) {
        return H200.resolve(new PlannedFigures(90, 1, 50)).stream()
                .filter(each -> each.metric() == metric
                        && each.judged()
                        && each.workload().equals("burn"))
                .findFirst()
                .orElseThrow();
    }
}
