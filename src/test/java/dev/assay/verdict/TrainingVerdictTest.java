package dev.assay.verdict;

import static dev.assay.verdict.Fleet.criterion;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Four nodes of two GPUs and two NICs of 50 GB/s; the fabric must give 350 GB/s (bus), a baseline's step takes 100 ms. */
class TrainingVerdictTest {
    private static final double[] EFFICIENCIES = {0.97, 0.971, 0.969, 0.972, 0.97};
    private static final double[] SLOW = {0.9, 0.901, 0.899, 0.902, 0.9};

    /** Takes 1 ms at the fabric's floor: a step that hardly touches the network. */
    private static final double FEW = 0.35e9;

    /** Takes 40 ms. */
    private static final double MANY = 14e9;

    private static final Criterion EFFICIENCY =
            criterion("e", "sft", Metric.SCALE_EFFICIENCY, Statistic.MEAN, new Limit.AtLeast(95));
    private static final Criterion FABRIC =
            criterion("f", "sft", Metric.TRAIN_FABRIC, Statistic.MEAN, new Limit.AtMost(1));
    private static final Criterion SENSITIVE =
            criterion("s", "sft", Metric.SENSITIVITY, Statistic.MEAN, new Limit.AtLeast(350 / 3.0));
    private static final Criterion NIC_BYTES =
            criterion("b", "sft", Metric.NIC_BYTES_RATIO, Statistic.MEAN, new Limit.Within(0.9, 1.1));

    private static Fleet sends(double busBytes) {
        return TrainingRatesTest.checked(Fleet.cuda(4, 2))
                .missing(Metric.COMPUTE_ALONE)
                .missing(Metric.COMMUNICATION_ALONE)
                .reading(Metric.STEP_BYTES_BUS, busBytes);
    }

    /** metrics.md: what cannot see a broken fabric cannot say that it scales. */
    @Test
    void aNominalRunThatDoesNotFeelTheFabricCannotTell() {
        Verdict verdict = sends(FEW).coupled(EFFICIENCY, EFFICIENCIES);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(Judge.wantsFabric(verdict)).isTrue();
        assertThat(Judge.wantsExtension(List.of(verdict)))
                .as("more launches would not see more")
                .isFalse();
        assertThat(verdict.sentence())
                .contains("it does not certify the fabric: the run would lose 5 % only below 66.5 GB/s (bus)")
                .contains("the fabric must give 350.0 GB/s");
        assertThat(verdict.details())
                .anyMatch(line -> line.startsWith("sensitivity in launch scaled-4-r0: 5 % of the step are lost below"))
                .anyMatch(line -> line.contains("algorithm RING, protocol SIMPLE, GPUDirect RDMA 4 of 4 connections"));
    }

    /** What nobody recorded, on one rank or on all, was not felt. */
    @Test
    void aRunWhoseBytesNobodyRecordedCannotTell() {
        Fleet nobody = sends(MANY).missing(Metric.STEP_BYTES_BUS);
        Fleet notAll = sends(MANY).rank(3, rank -> Fleet.without(rank, Metric.STEP_BYTES_BUS));
        Fleet unlike = sends(MANY).reading(3, Metric.STEP_BYTES_BUS, FEW);

        for (Fleet fleet : List.of(nobody, notAll, unlike)) {
            Verdict verdict = fleet.coupled(EFFICIENCY, EFFICIENCIES);

            assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INCONCLUSIVE);
            assertThat(Judge.wantsFabric(verdict)).isTrue();
            assertThat(verdict.sentence())
                    .contains("it does not certify the fabric: whether the run would have felt it is unknown")
                    .contains(
                            "in launch scaled-4-r0 not every rank recorded one and the same number of bytes on the bus");
            assertThat(judge(fleet.question(EFFICIENCY).withFabric("row"), fleet, EFFICIENCIES)
                            .state())
                    .isEqualTo(State.PASS);
        }
    }

    @Test
    void aRunBesideAFabricWithoutFloorCannotTell() {
        Question.Contract real = sends(MANY).question(EFFICIENCY).contract();
        Question.Contract unknown =
                new Question.Contract(real.gpuName(), 989.4, 1830, 4096, Map.of(), false, false, 0, real.nics(), 50);
        Question question = QuestionFields.question(EFFICIENCY, 4, 2, unknown);

        Verdict verdict = judge(question, sends(MANY), EFFICIENCIES);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict.sentence()).contains("no floor of the fabric is known");
    }

    @Test
    void besideARowThatHasShownTheFabricItPasses() {
        Fleet fleet = sends(FEW);

        Verdict verdict = judge(fleet.question(EFFICIENCY).withFabric("sft-7b-stress-fabric@4"), fleet, EFFICIENCIES);
        Verdict slow = judge(fleet.question(EFFICIENCY).withFabric("sft-7b-stress-fabric@4"), fleet, SLOW);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.sentence()).contains("does not certify", "sft-7b-stress-fabric@4 passed and shows it");
        assertThat(slow.state()).as("it lifts no miss").isEqualTo(State.FAIL);
    }

    @Test
    void aMissIsAMissHoweverBlindTheRunIs() {
        Verdict verdict = sends(FEW).coupled(EFFICIENCY, SLOW);

        assertThat(verdict.state()).isEqualTo(State.FAIL);
        assertThat(Judge.wantsFabric(verdict)).isFalse();
    }

    /** Between nodes of one host there is no fabric to show, and nothing there is ever accepted. */
    @Test
    void onOneHostThereIsNoFabricToAskFor() {
        Question.Contract real = sends(FEW).question(EFFICIENCY).contract();
        Question.Contract shared = new Question.Contract(
                real.gpuName(), 989.4, 1830, 4096, Map.of(), true, false, real.fabricFloorGBps(), 0, 50);
        Question question = QuestionFields.question(EFFICIENCY, 4, 2, shared);

        Verdict verdict = judge(question, sends(FEW), EFFICIENCIES);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
    }

    @Test
    void aFabricRowShowsItOnlyWhereItPassed() {
        Verdict passed = sends(MANY).coupled(FABRIC, 0.97);
        Verdict failed = sends(MANY).coupled(FABRIC, 0.4);
        Verdict shown = sends(MANY).coupled(Fleet.shown(FABRIC), 0.97);

        assertThat(List.of(passed, failed, shown))
                .extracting(Judge::showsFabric)
                .containsExactly(true, false, false);
        assertThat(Judge.showsFabric(sends(MANY).coupled(SENSITIVE, EFFICIENCIES)))
                .as("sensitivity is no fabric")
                .isFalse();
    }

    /** What the plan has foretold stands beside the miss, and beside nothing else. */
    @ParameterizedTest
    @CsvSource({"0.4, FAIL", "0.97, PASS"})
    void aMissThatASoundClusterWouldHaveSaysSo(double efficiency, State state) {
        double[] all = DoubleStream.of(EFFICIENCIES)
                .map(each -> each * efficiency / 0.97)
                .toArray();
        for (Criterion criterion : List.of(EFFICIENCY, FABRIC)) {
            Question plain = sends(MANY).question(criterion);
            Question told = QuestionFields.with(plain, q -> q.training = foretold("by design"));

            Verdict verdict = judge(told, sends(MANY), all);

            assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
            assertThat(verdict.sentence().contains("; by design")).isEqualTo(state == State.FAIL);
        }
    }

    @Test
    void aWrongResultHasNoExcuse() {
        Question plain = sends(MANY).question(EFFICIENCY);
        Question told = QuestionFields.with(plain, q -> q.training = foretold("by design"));
        Fleet wrong = sends(MANY)
                .rank(1, rank -> Fleet.withChecks(rank, new Check("sft.weights", 9, 3, Double.MAX_VALUE, "differ")));

        Verdict verdict = judge(told, wrong, EFFICIENCIES);

        assertThat(verdict.wrongResult()).isTrue();
        assertThat(verdict.sentence()).doesNotContain("by design");
    }

    private static Question.Training foretold(String why) {
        return new Question.Training(true, Optional.of(why), Optional.empty());
    }

    private static Verdict judge(Question question, Fleet fleet, double... efficiencies) {
        return Judge.judge(List.of(question), fleet.coupled(efficiencies)).get(0);
    }

    @Test
    void aRunThatFeelsTheFabricSaysNothingOfTheKind() {
        Verdict verdict = sends(MANY).coupled(EFFICIENCY, EFFICIENCIES);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.sentence()).doesNotContain("certify");
    }

    /** Bytes over 5 % of the step: 14 GB in 100/0.95 − 100 ms. */
    @Test
    void theSensitivityIsJudgedOfWhatWasMeasured() {
        Verdict enough = sends(MANY).coupled(SENSITIVE, EFFICIENCIES);
        Verdict blind = sends(FEW).coupled(SENSITIVE, EFFICIENCIES);

        assertThat(enough.state()).as(enough.sentence()).isEqualTo(State.PASS);
        assertThat(enough.value().orElseThrow()).isCloseTo(14e9 / (0.1 / 0.95 - 0.1) / 1e9, within(0.1));
        assertThat(blind.state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(blind.sentence()).contains("the workload cannot see a broken fabric");
    }

    /** At its floor the fabric takes 40 ms for the bytes of a step; a step of 140 ms has hidden none of it. */
    @ParameterizedTest
    @CsvSource({"0.97, PASS", "0.7143, PASS", "0.7, FAIL", "0.4, FAIL"})
    void theFabricMayCostWhatItsFloorAllows(double efficiency, State state) {
        Verdict verdict = sends(MANY).coupled(FABRIC, efficiency);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.value().orElseThrow()).isCloseTo((100 / efficiency - 100) / 40, within(1e-3));
        assertThat(verdict.details()).anyMatch(line -> line.contains("at the fabric's floor of 350.0 GB/s"));
    }

    /** A baseline of 100 ms beside steps of 90 ms was slow, and the fabric's cost is not known. */
    @ParameterizedTest
    @CsvSource({"1.01, PASS", "1.04, PASS", "1.06, INVALID", "2, INVALID"})
    void stepsThatAreFasterThanTheirBaselinesShowNoFabric(double efficiency, State state) {
        Verdict verdict = sends(MANY).coupled(FABRIC, efficiency);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(state);
        assertThat(verdict.sentence().contains("its baselines were slow")).isEqualTo(state == State.INVALID);
    }

    /** What nobody read of a baseline's power limit may be another. */
    @Test
    void aBaselineWhosePowerLimitNobodyReadIsNoBaseline() {
        Fleet fleet = sends(MANY)
                .reading(Metric.POWER_LIMIT, 700, 700)
                .ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.without(rank, Metric.POWER_LIMIT));

        Verdict verdict = fleet.coupled(EFFICIENCY, EFFICIENCIES);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence())
                .contains("baselines and scaled launches must run under one enforced power limit")
                .contains("has none");
    }

    /**
     * A fabric of a quarter of its floor slows baselines of two nodes as it slows all: a step
     * of 100 ms either way. 10 TFLOP at half of 989 TFLOPS are 20.2 ms.
     */
    @Test
    void aFaultThatSlowsTheBaselineTooIsSeenByTheFlop() {
        Fleet fleet = sends(MANY)
                .reading(Metric.STEP_FLOP_EXECUTED, 10e12)
                .ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.withHeader(
                                rank,
                                header -> header.communicator =
                                        rank.header().rank() < 4 ? List.of(0, 1, 2, 3) : List.of(4, 5, 6, 7)));

        Verdict fabric = twoNodes(fleet, FABRIC);
        Verdict efficiency = twoNodes(fleet, Fleet.shown(EFFICIENCY));

        assertThat(fabric.state()).as(fabric.sentence()).isEqualTo(State.FAIL);
        assertThat(fabric.value().orElseThrow()).isCloseTo((100 - 20.2) / 40, within(0.01));
        assertThat(efficiency.sentence()).contains("its baselines of 2 nodes go over it too");
        assertThat(twoNodes(fleet.missing(Metric.STEP_FLOP_EXECUTED), FABRIC).state())
                .isIn(State.INVALID, State.INCONCLUSIVE);
    }

    @Test
    void theFabricIsNotJudgedWithoutBaselinesOrBytes() {
        assertThat(sends(MANY)
                        .missing(Metric.STEP_BYTES_BUS)
                        .coupled(FABRIC, 0.97)
                        .state())
                .isIn(State.INVALID, State.INCONCLUSIVE);
        assertThat(sends(MANY)
                        .rank(3, rank -> Fleet.without(rank, Metric.STEP_BYTES_BUS))
                        .coupled(FABRIC, 0.97)
                        .state())
                .isIn(State.INVALID, State.INCONCLUSIVE);
        assertThat(sends(MANY)
                        .ranksOf(
                                launch -> launch.role() == LaunchRole.BASELINE,
                                rank -> Fleet.without(rank, Metric.STEP_TIME))
                        .coupled(FABRIC, 0.97)
                        .state())
                .isIn(State.INVALID, State.INCONCLUSIVE);
    }

    @Test
    void withoutNicEvidenceNoScaleEfficiencyPasses() {
        Criterion requiring =
                criterion("e", "sft", Metric.SCALE_EFFICIENCY, Statistic.MEAN, new Limit.AtLeast(95), "b");
        Fleet fleet = sends(FEW);

        List<Verdict> verdicts =
                Judge.judge(fleet.questions(List.of(requiring, NIC_BYTES)), fleet.coupled(EFFICIENCIES));

        assertThat(verdicts).extracting(Verdict::state).doesNotContain(State.PASS);
        assertThat(verdicts.get(0).sentence()).contains("it requires b");
    }

    @Test
    void theNicsMustHaveCarriedWhatTheStepsSend() {
        assertThat(carrying(1).coupled(NIC_BYTES, EFFICIENCIES).state()).isEqualTo(State.PASS);
        assertThat(carrying(0.5).coupled(NIC_BYTES, EFFICIENCIES).state()).isEqualTo(State.INVALID);
        assertThat(carrying(1.2).coupled(NIC_BYTES, EFFICIENCIES).state()).isEqualTo(State.INVALID);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "transport=NET/Socket; over sockets",
                "transport=NET/IB+SHM; through host memory",
                "transport=P2P/CUMEM; no network transport on any rank",
                "transport=; did not report",
                "nics=; NCCL found no NIC",
                "gdr=2 of 4 connections; GPUDirect RDMA must carry all",
                "gdr=; NCCL reports nothing of it",
                "algorithm=; NCCL reported no algorithm",
                "over=; no word of where they go",
                "over=host; all on one host"
            })
    void whatFellBackIsInvalidWithTheReason(String said, String words) {
        String[] pair = said.split("=", -1);
        Fleet fleet = sends(MANY).ranks(rank -> saying(rank, pair[0], pair[1]));

        for (Criterion criterion : List.of(EFFICIENCY, FABRIC)) {
            Verdict verdict = fleet.coupled(criterion, EFFICIENCIES);

            assertThat(verdict.state()).as(said + ": " + verdict.sentence()).isEqualTo(State.INVALID);
            assertThat(verdict.sentence()).contains(words);
        }
    }

    /** As on nodes of four NICs and eight GPUs: the GPUs without a NIC have no connection over the network; PXN is as direct. */
    @Test
    void gpusThatReachTheNetworkByOthersAreSound() {
        Fleet fleet = sends(MANY)
                .rank(3, rank -> saying(saying(saying(rank, "transport", "P2P/CUMEM"), "gdr", ""), "nics", ""))
                .rank(4, rank -> saying(rank, "pxn", "2 of 4 connections"));

        Verdict verdict = fleet.coupled(EFFICIENCY, EFFICIENCIES);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
    }

    @Test
    void whereTheClusterFileSaysThatNicsDoNotReachGpusItIsNotAskedFor() {
        Fleet fleet = sends(MANY).ranks(rank -> saying(rank, "gdr", "0 of 4 connections"));
        Question.Contract indirect =
                new Question.Contract("NVIDIA H200", 989.4, 1830, 4096, Map.of(), false, false, 350, 2, 50, false);

        Verdict verdict = judge(QuestionFields.question(EFFICIENCY, 4, 2, indirect), fleet, EFFICIENCIES);

        assertThat(verdict.state()).as(verdict.sentence()).isEqualTo(State.PASS);
        assertThat(verdict.details()).anyMatch(line -> line.contains("GPUDirect RDMA 0 of 4 connections"));
        assertThat(fleet.coupled(EFFICIENCY, EFFICIENCIES).state()).isEqualTo(State.INVALID);
    }

    @Test
    void oneRankThatFellBackIsEnough() {
        Fleet fleet = sends(MANY).rank(5, rank -> saying(rank, "gdr", "0 of 4 connections"));

        assertThat(fleet.coupled(EFFICIENCY, EFFICIENCIES).sentence()).contains("GPU 1", "0 of 4 connections");
    }

    @ParameterizedTest
    @EnumSource(
            value = Metric.class,
            names = {"THROTTLE_THERMAL", "THROTTLE_HARDWARE", "XID", "FOREIGN_PROCESSES"})
    void aBaselineThatWasNotSoundMakesEfficiencyMeaningless(Metric metric) {
        Fleet fleet = sends(MANY)
                .ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> rank.header().rank() == 2 ? Fleet.replace(rank, Measurement.of(metric, 3)) : rank);

        Verdict verdict = fleet.coupled(EFFICIENCY, EFFICIENCIES);

        assertThat(verdict.state()).isEqualTo(State.INVALID);
        assertThat(verdict.sentence()).contains("in the baseline baseline-r0 has " + metric.key(), "means nothing");
    }

    @Test
    void aBaselineThatNobodyWatchedProvesNothing() {
        Fleet fleet = sends(MANY)
                .ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.without(rank, Metric.THROTTLE_THERMAL));

        assertThat(fleet.coupled(EFFICIENCY, EFFICIENCIES).state()).isEqualTo(State.INVALID);
    }

    @Test
    void anotherPowerLimitInTheBaselineIsNoBaseline() {
        Fleet fleet = sends(MANY)
                .reading(Metric.POWER_LIMIT, 700, 700)
                .ranksOf(
                        launch -> launch.role() == LaunchRole.BASELINE,
                        rank -> Fleet.replace(rank, Measurement.of(Metric.POWER_LIMIT, 500, 500)));

        assertThat(fleet.coupled(EFFICIENCY, EFFICIENCIES).sentence()).contains("one enforced power limit");
    }

    /** Ranks 0 to 3 trained one model in a baseline of two nodes; rank 3 has another. */
    @Test
    void weightsAreComparedOverTheWholeBaseline() {
        Criterion equal = criterion("d", "sft", Metric.DISTINCT_RESULTS, Statistic.MAXIMUM, new Limit.Equal(1));
        UnaryOperator<RankResult> pairs = rank -> Fleet.withHeader(
                rank,
                header -> header.communicator = rank.header().rank() < 4 ? List.of(0, 1, 2, 3) : List.of(4, 5, 6, 7));
        Fleet fleet = sends(MANY).ranksOf(launch -> launch.role() == LaunchRole.BASELINE, pairs);
        Fleet other = fleet.ranksOf(
                launch -> launch.role() == LaunchRole.BASELINE,
                rank -> rank.header().rank() == 2 || rank.header().rank() == 3
                        ? Fleet.withDigests(rank, new dev.assay.measurement.Digest("gemm.c", "another"))
                        : rank);

        assertThat(twoNodes(fleet, equal).state()).isEqualTo(State.PASS);
        assertThat(twoNodes(other, equal).state())
                .as("node 2 alone agrees with itself")
                .isEqualTo(State.FAIL);
    }

    private static Verdict twoNodes(Fleet fleet, Criterion criterion) {
        Question one = fleet.question(criterion);
        Question two = QuestionFields.with(one, q -> q.baselineNodes = 2);
        return Judge.judge(List.of(two), fleet.coupled(1)).get(0);
    }

    private static RankResult saying(RankResult rank, String what, String words) {
        Measurement bytes = rank.measurement(Metric.STEP_BYTES).orElseThrow();
        Map<String, String> conditions = new HashMap<>(bytes.conditions());
        conditions.put(what, words);
        conditions.values().removeIf(String::isEmpty);
        return Fleet.replace(rank, Measurement.of(Metric.STEP_BYTES, bytes.samples(), conditions));
    }

    /** Both NICs of every node carried this share of what is predicted, both ways. */
    private static Fleet carrying(double share) {
        return sends(MANY).ranks(rank -> {
            List<Measurement> all = new ArrayList<>(rank.measurements());
            if (rank.header().localRank() == 0) {
                all.add(Measurement.of(Metric.NIC_COUNT, List.of(2.0), Map.of("kind", "rdma")));
                all.add(Measurement.of(Metric.NIC_WINDOW, 10_000));
                all.add(Measurement.of(
                        Metric.NIC_BYTES_PREDICTED, List.of(100e9), Map.of("algorithm", "ring", "per", "node")));
                for (String nic : Set.of("mlx5_0/1", "mlx5_1/1")) {
                    Map<String, String> facts = Map.of("nic", nic, "state", "4: ACTIVE");
                    Stream.of(Metric.NIC_BYTES_SENT, Metric.NIC_BYTES_RECEIVED)
                            .forEach(metric -> all.add(Measurement.of(metric, List.of(share * 50e9), facts)));
                    all.add(Measurement.of(Metric.NIC_RATE, List.of(50.0), facts));
                }
            }
            return Fleet.withMeasurements(rank, all);
        });
    }
}
