package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Digest;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compared are ranks that trained together: of baselines the communicators, whether of one node or of several. */
class DigestsTest {
    private static final Criterion EQUAL =
            criterion("equal", "sft", Metric.DISTINCT_RESULTS, Statistic.MAXIMUM, new Limit.Equal(1));

    private static Fleet fleet(int gpusPerNode) {
        return TrainingRatesTest.checked(Fleet.cuda(4, gpusPerNode))
                .ranks(rank -> Fleet.withDigests(rank, new Digest("sft.weights", "aa")));
    }

    /** Nodes that trained by themselves have other weights than their neighbours: other data, other sums. */
    @Test
    void baselinesOfOneNodeAreComparedWithinIt() {
        Fleet apart = fleet(2).ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.withDigests(
                                rank, new Digest("sft.weights", rank.header().node())));
        Fleet torn = apart.ranksOf(
                launch -> launch.role() == LaunchRole.BASELINE,
                rank -> rank.header().rank() == 3 ? Fleet.withDigests(rank, new Digest("sft.weights", "ff")) : rank);

        assertThat(judge(apart, 1).state()).as(judge(apart, 1).sentence()).isEqualTo(State.PASS);
        assertThat(judge(torn, 1).state()).isEqualTo(State.FAIL);
    }

    /** A communicator of two nodes of one GPU each: by node nobody would be compared with anybody. */
    @Test
    void baselinesOfTwoNodesAreComparedOverBoth() {
        Fleet pairs = fleet(1).ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.withHeader(
                                Fleet.withDigests(
                                        rank,
                                        new Digest(
                                                "sft.weights",
                                                rank.header().rank() < 2 ? "of the first" : "of the second")),
                                header -> header.communicator =
                                        rank.header().rank() < 2 ? List.of(0, 1) : List.of(2, 3)));
        Fleet torn = pairs.ranksOf(
                launch -> launch.role() == LaunchRole.BASELINE,
                rank -> rank.header().rank() == 3 ? Fleet.withDigests(rank, new Digest("sft.weights", "ff")) : rank);

        assertThat(judge(pairs, 2).state()).as(judge(pairs, 2).sentence()).isEqualTo(State.PASS);
        assertThat(judge(torn, 2).state()).isEqualTo(State.FAIL);
        assertThat(judge(torn, 2).worstUnit().orElseThrow()).contains("node004");
    }

    private static Verdict judge(Fleet fleet, int baselineNodes) {
        Question one = fleet.question(EQUAL);
        Question asked = QuestionFields.with(one, q -> q.baselineNodes = baselineNodes);
        return Judge.judge(List.of(asked), fleet.coupled(1)).get(0);
    }
}
