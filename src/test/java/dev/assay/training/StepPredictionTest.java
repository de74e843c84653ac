package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepPredictionTest {
    /**
     * A micro-batch on 8 nodes of 8 H200 under ZeRO-3: seconds of computing, of communicating with 8 and 2 NICs of 400 Gb/s,
     * and percent with everything and with nothing hidden.
     */
    @ParameterizedTest
    @CsvSource({
        "7b, 3.31, 0.11, 0.44, 100, 100, 97, 88",
        "13b, 3.20, 0.21, 0.85, 100, 100, 94, 79",
        "70b, 4.22, 1.13, 4.53, 100, 93, 79, 48",
        "175b, 5.33, 2.86, 11.5, 100, 47, 65, 32"
    })
    void balance(
            String size,
            double computing,
            double eight,
            double two,
            double hidden8,
            double hidden2,
            double bare8,
            double bare2) {
        StepPrediction fast = StepPrediction.of(Setups.ideal(size, 3), Setups.h200(8), 8);
        StepPrediction slow = StepPrediction.of(Setups.ideal(size, 3), Setups.h200(2), 8);

        assertThat(fast.framework() / 16).isCloseTo(computing, within(0.006));
        assertThat(fast.wire() / 16).isCloseTo(eight, within(0.006));
        assertThat(slow.wire() / 16).isCloseTo(two, within(0.045));
        assertThat(100 * fast.efficiencyWithFullOverlap()).isCloseTo(hidden8, within(0.5));
        assertThat(100 * slow.efficiencyWithFullOverlap()).isCloseTo(hidden2, within(0.5));
        assertThat(100 * fast.efficiencyWithoutOverlap()).isCloseTo(bare8, within(0.6));
        assertThat(100 * slow.efficiencyWithoutOverlap()).isCloseTo(bare2, within(0.6));
    }

    /** GB/s (bus) on 64 GPUs: where 5 % of the computing time is lost with nothing hidden, and where hiding ends. */
    @ParameterizedTest
    @CsvSource({"7b, 1, 15, 1", "13b, 1, 30, 2", "7b, 2, 165, 8", "7b, 3, 240, 12", "70b, 3, 1931, 97"})
    void sensitivity(String size, int stage, double bare, double hidden) {
        StepSetup setup = stage == 3 ? Setups.ideal(size, stage) : Setups.of(size, stage);
        StepPrediction step = StepPrediction.of(setup, Setups.h200(2), 8);

        assertThat(step.sensitivityWithoutOverlap()).isCloseTo(bare, within(Math.max(0.5, 0.001 * bare)));
        assertThat(step.sensitivityWithFullOverlap()).isCloseTo(hidden, within(0.51));
    }

    @Test
    void hidingEndsForThe175OnlyFarAboveTwoNics() {
        StepPrediction step = StepPrediction.of(Setups.ideal("175b", 3), Setups.h200(2), 8);

        assertThat(step.sensitivityWithFullOverlap()).isCloseTo(193, within(0.6));
    }

    /**
     * GB/s (bus) of a gather pass over 4 nodes with 8 NICs, each matrix a call of its own. The reference interpolates a curve
     * measured on 4 × 8 B200; start and steps plus bytes over bandwidth must come to the same.
     */
    @ParameterizedTest
    @CsvSource({"7b, 136, 0.03", "13b, 173, 0.03", "70b, 257, 0.03", "175b, 347, 0.08"})
    void gathersByTheirSizes(String size, double busGBps, double share) {
        StepSetup base = Setups.of(size, 3);
        long hidden = base.model().hidden();
        ZeroSetup auto = new ZeroSetup(
                3, true, true, true, hidden * hidden, hidden * hidden * 9 / 10 / 8, 10 * hidden, 1_000_000_000, 1);
        StepSetup setup =
                new StepSetup(base.model(), 2048, 1, 1, auto, Recomputation.FULL, CollectiveMode.DEEPSPEED, 2, 2);
        Collective gather = StepCollectives.of(setup, 32).get(0);

        double seconds = Setups.h200(8).seconds(gather, 4);

        assertThat(gather.busBytes(32) / seconds / 1e9).isCloseTo(busGBps, within(share * busGBps));
    }

    /** Milliseconds of a small call: measured, or what NCCL's own constants say. */
    @Test
    void latencies() {
        Machine machine = Setups.h200(8);

        assertThat(1e3 * machine.latency(Collective.Kind.ALL_REDUCE, 1)).isBetween(0.04, 0.1);
        assertThat(1e3 * machine.latency(Collective.Kind.ALL_REDUCE, 4)).isBetween(0.4, 0.65);
        assertThat(1e3 * machine.latency(Collective.Kind.ALL_GATHER, 8)).isCloseTo(0.30 * 1.85, within(0.01));
    }

    /**
     * At a framework's pace a step of 16 micro-batches is 53, 51, 68 and 85 s of computing, here it is less; the optimizer's 6,
     * 7.5 and 19 ms vanish in it.
     */
    @Test
    void stepsAreLong() {
        Machine machine = Setups.h200(8);

        assertThat(StepPrediction.of(Setups.of("7b", 1), machine, 8).step()).isBetween(42.0, 46.0);
        assertThat(StepPrediction.of(Setups.of("13b", 2), machine, 8).step()).isBetween(40.0, 46.0);
        assertThat(StepPrediction.of(Setups.ideal("70b", 3), machine, 8).step()).isBetween(52.0, 68.0);
        assertThat(1e3 * StepPrediction.of(Setups.of("7b", 1), machine, 1).optimizer())
                .isCloseTo(6, within(0.1));
        assertThat(1e3 * StepPrediction.of(Setups.of("70b", 3), machine, 8).optimizer())
                .isCloseTo(7.5, within(0.1));
        assertThat(1e3 * StepPrediction.of(Setups.of("175b", 3), machine, 8).optimizer())
                .isCloseTo(19, within(0.3));
        assertThat(1e3 * StepPrediction.of(Setups.of("7b", 0), machine, 1).optimizer())
                .isCloseTo(47, within(0.5));
    }

    @Test
    void whatIsNotHiddenIsExposed() {
        Machine machine = Setups.h200(2);
        StepPrediction behind = StepPrediction.of(Setups.of("7b", 2), machine, 8);
        StepSetup bare = Setups.of(
                ModelPreset.LLAMA2_7B, 16, ZeroSetup.defaults(2, false), Recomputation.FULL, CollectiveMode.DEEPSPEED);
        StepPrediction waiting = StepPrediction.of(bare, machine, 8);

        assertThat(waiting.exposed()).isEqualTo(waiting.communicating());
        assertThat(waiting.disturbance()).isZero();
        assertThat(behind.communicating()).isEqualTo(waiting.communicating());
        assertThat(behind.exposed()).isBetween(0.01 * behind.communicating(), 0.3 * behind.communicating());
        double hidden = 1 - behind.exposed() / behind.communicating();
        assertThat(behind.disturbance())
                .as("1.9 ms a GB")
                .isCloseTo(0.0019 * hidden * StepCollectives.busBytes(Setups.of("7b", 2), 64) / 1e9, within(1e-9));
    }

    @Test
    void whatIsLongerThanComputingIsExposedToo() {
        StepPrediction step = StepPrediction.of(Setups.ideal("175b", 3), Setups.h200(2), 8);

        assertThat(step.exposed()).isGreaterThan(step.communicating() - step.computing());
    }

    @Test
    void oneGpuAloneOnlyComputes() {
        Machine one = new Machine(1, 989.4, 4800, 285, 275, 0);
        StepPrediction step = StepPrediction.of(Setups.of(ModelPreset.LLAMA2_7B, 4, 0), one, 1);

        assertThat(step.communicating()).isZero();
        assertThat(step.exposed()).isZero();
        assertThat(step.mfuCausal()).isCloseTo(0.49, within(0.01));
        assertThat(step.weakEfficiency(step)).isEqualTo(1);
    }

    /** Nodes that share one host have no NIC between them. */
    @Test
    void withoutNicsTheLinksInsideCount() {
        Machine shared = new Machine(1, 989.4, 4800, 285, 275, 0);

        assertThat(shared.busGBps(Collective.Kind.ALL_REDUCE, 2)).isEqualTo(285);
        assertThat(Setups.h200(2).busGBps(Collective.Kind.ALL_REDUCE, 2)).isEqualTo(90);
        assertThat(Setups.h200(2).busGBps(Collective.Kind.ALL_REDUCE, 1)).isEqualTo(482);
    }

    @Test
    void theStressVariantLoadsTheNetwork() {
        StepSetup nominal = Setups.of("7b", 1);
        StepSetup stress = nominal.stress();

        assertThat(stress.zero().stage()).isEqualTo(3);
        assertThat(stress.microBatch()).isEqualTo(2);
        assertThat(stress.accumulation()).isEqualTo(1);
        assertThat(StepPrediction.of(stress, Setups.h200(2), 8).efficiencyWithFullOverlap())
                .isLessThan(1);
        assertThat(StepPrediction.of(nominal, Setups.h200(2), 8).efficiencyWithoutOverlap())
                .isGreaterThan(0.99);
    }
}
