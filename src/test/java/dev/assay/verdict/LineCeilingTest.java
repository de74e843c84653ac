package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.PlannedFigures;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes of two NICs of 50 GB/s: what lies above the line was not measured on it; what took no time was not done. */
class LineCeilingTest {
    @ParameterizedTest
    @CsvSource({"80, FAIL", "95, PASS", "199, PASS", "201, INVALID", "5000, INVALID"})
    void anAllReduceOverTheNetworkStaysBelowTwiceTheLine(double busbw, State state) {
        Criterion criterion = criterion("all-reduce-cluster");
        Map<String, String> conditions = new TreeMap<>(Fleet.OVER_NICS);
        conditions.putAll(criterion.conditions());

        Verdict verdict = judge(criterion, "collective.all-reduce", Metric.COLLECTIVE_BUSBW, busbw, conditions);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"360, PASS", "450, PASS", "451, INVALID", "700, INVALID"})
    void noGpuReceivesMoreThanItsLinks(double busbw, State state) {
        Criterion criterion = criterion("all-gather-node-of-8");
        Map<String, String> conditions = new TreeMap<>(Map.of("over", "host", "transport", "NVLS+P2P/CUMEM"));
        conditions.putAll(criterion.conditions());

        Verdict verdict = judge(criterion, "collective.all-gather", Metric.COLLECTIVE_BUSBW, busbw, conditions);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"HBM_LATENCY", "PEER_LATENCY", "PAIR_LATENCY", "COLLECTIVE_TIME", "LAUNCH_KERNEL"})
    void whatTookNoTimeWasNotDone(Metric metric) {
        Criterion criterion = Fleet.criterion("latency", "burn", metric, Statistic.MEDIAN, new Limit.AtMost(1000));
        Fleet fleet = Fleet.cuda(2, 8);

        assertThat(fleet.reading(metric, 5, 5, 5).burn(criterion).state()).isEqualTo(State.PASS);
        Verdict verdict =
                fleet.reading(metric, 5, 5, 5).reading(3, metric, 5, 0, 5).burn(criterion);
        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("the test is broken", metric.key());
    }

    private static Criterion criterion(String id) {
        return CriteriaFile.read("h200-sxm", Optional.empty()).resolve(new PlannedFigures(87.5, 1, 50, 100)).stream()
                .filter(criterion -> criterion.id().equals(id))
                .map(criterion -> criterion.withoutRequiring(criterion.requires()))
                .findFirst()
                .orElseThrow();
    }

    private static Verdict judge(
            Criterion criterion, String check, Metric metric, double value, Map<String, String> conditions) {
        Fleet fleet =
                Fleet.cuda(2, 8).ranks(rank -> with(rank, check, Measurement.of(metric, List.of(value), conditions)));
        return Judge.judge(List.of(fleet.question(criterion)), fleet.burn()).get(0);
    }

    private static RankResult with(RankResult rank, String check, Measurement measurement) {
        return Fleet.replace(Fleet.withChecks(rank, new Check(check, 1, 0, 0, "all")), measurement);
    }
}
