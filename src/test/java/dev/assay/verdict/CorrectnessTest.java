package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Digest;
import dev.assay.measurement.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorrectnessTest {
    private static final Criterion UTILISATION =
            Fleet.criterion("gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90));
    private static final Criterion EQUAL =
            Fleet.criterion("gemm-equal", "burn", Metric.DISTINCT_RESULTS, Statistic.MAXIMUM, new Limit.Equal(1));
    private static final Criterion CORRECT =
            Fleet.criterion("gemm-correct", "burn", Metric.WRONG_ELEMENTS, Statistic.MAXIMUM, new Limit.AtMost(0));

    private final Fleet fleet = Fleet.cuda(2, 8);

    @Test
    void wrongElementFailsEveryCriterionOfTheLaunch() {
        Fleet wrong = fleet.rank(
                5,
                rank -> Fleet.withChecks(
                        rank,
                        new Check("gemm.freivalds", 4096, 3, 7.5, "first wrong at row 17"),
                        new Check("gemm.fp64", 64, 0, 0.9, "")));

        List<Verdict> verdicts = Judge.judge(wrong.questions(Fleet.burnCriteria()), wrong.burn());

        assertThat(verdicts).allSatisfy(verdict -> {
            assertThat(verdict.state()).isEqualTo(State.FAIL);
            assertThat(verdict.wrongResult()).isTrue();
            assertThat(verdict.sentence())
                    .contains(
                            "wrong result: 3 of 4096 elements of gemm.freivalds on node001 GPU 5 (GPU-5), serial serial-5")
                    .contains("row 17");
        });
        assertThat(wrong.burn(CORRECT).value()).hasValue(3);
        assertThat(wrong.burn(Fleet.shown(UTILISATION)).state()).isEqualTo(State.FAIL);
    }

    @Test
    void deviationThatIsNoNumberOrBeyondTheBoundIsWrong() {
        for (double worst : new double[] {Double.NaN, Double.POSITIVE_INFINITY, 1.001}) {
            Fleet wrong = fleet.rank(
                    5,
                    rank -> Fleet.withChecks(
                            rank, new Check("gemm.freivalds", 9, 0, worst, ""), new Check("gemm.fp64", 64, 0, 0, "")));

            assertThat(wrong.burn(CORRECT).state()).isEqualTo(State.FAIL);
            assertThat(wrong.burn(UTILISATION).state()).isEqualTo(State.FAIL);
        }
    }

    @Test
    void uncheckedResultIsInvalid() {
        assertThat(fleet.ranks(Fleet::withChecks).burn(UTILISATION).state()).isEqualTo(State.INVALID);
        assertThat(fleet.rank(5, Fleet::withChecks).burn(CORRECT).sentence())
                .contains("node001 GPU 5")
                .contains("not checked");
        Check sum = new Check("allreduce.sum", 9, 0, 0, "");
        assertThat(fleet.ranks(rank -> Fleet.withChecks(rank, sum))
                        .burn(UTILISATION)
                        .state())
                .isEqualTo(State.INVALID);
        Check one = new Check("gemm.fp64", 64, 0, 0, "");
        assertThat(fleet.rank(5, rank -> Fleet.withChecks(rank, one))
                        .burn(UTILISATION)
                        .state())
                .isEqualTo(State.INVALID);
    }

    @Test
    void oneGpuAgreesWithItselfAndThatIsNoPass() {
        assertThat(Fleet.cuda(1, 1).burn(EQUAL).state()).isEqualTo(State.NOT_APPLICABLE);
        assertThat(Fleet.cuda(1, 2).burn(EQUAL).state()).isEqualTo(State.PASS);
    }

    @Test
    void wrongElementsAreCountedAGpuOverAllLaunches() {
        Verdict verdict = fleet.coupled(Fleet.coupledCriteria().get(3), 0.98, 0.97);

        assertThat(verdict.sentence()).isEqualTo("coupled-correct: 0 everywhere, at most 0, margin +0, 16 of 16 GPUs");
    }

    @Test
    void differentBitsNameTheDeviatingGpu() {
        Verdict verdict = fleet.rank(6, rank -> Fleet.withDigests(rank, new Digest("gemm.c", "ff")))
                .burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.value()).hasValue(2);
        assertThat(verdict.worstUnit())
                .hasValueSatisfying(unit -> assertThat(unit)
                        .contains("node001 GPU 6 (GPU-6), serial serial-6 deviating")
                        .doesNotContain("GPU-5"));
    }

    @Test
    void twoGpusThatDifferInEveryDigestAreBothNamed() {
        Verdict verdict = Fleet.cuda(2, 1)
                .rank(1, rank -> Fleet.withDigests(rank, new Digest("gemm.a", "ff"), new Digest("gemm.c", "ff")))
                .rank(0, rank -> Fleet.withDigests(rank, new Digest("gemm.a", "0"), new Digest("gemm.c", "0")))
                .burn(EQUAL);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(verdict.sentence())
                .contains("node001 GPU 0", "node002 GPU 0")
                .doesNotContain("everywhere");
        assertThat(verdict.details()).hasSize(2);
    }

    @Test
    void noDigestIsNoEquality() {
        assertThat(fleet.ranks(Fleet::withDigests).burn(EQUAL).state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(fleet.rank(6, Fleet::withDigests).burn(EQUAL).state()).isEqualTo(State.INVALID);
    }
}
