package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;

class RehearsalTimeTest {
    /** 2 × 400 Gb/s a node: 90 GB/s of the bus between nodes. */
    private static final Machine MACHINE = Setups.h200(2);

    @Test
    void oneGpuAloneRehearsesNothing() {
        Machine alone = new Machine(1, 989.4, 4800, 482, 361, 100);

        assertThat(RehearsalTime.seconds(Setups.of("7b", 1), alone, 1)).isZero();
    }

    /** ZeRO-3 sends the weights twice, two thirds of them a third time and the gradients once in each of two micro-batches. */
    @Test
    void ofTheLargestModelItTakesTwoMicroBatchesOfTraffic() {
        double wire = 2 * (3 + 2 / 3.0) * 2 * 174.6e9 * 63 / 64 / 90e9;

        double seconds = RehearsalTime.seconds(Setups.of("175b", 3), MACHINE, 8);

        assertThat(wire).isCloseTo(28.0, within(0.1));
        assertThat(seconds).isBetween(wire, 1.2 * wire);
    }

    /** However often a step accumulates, two of its micro-batches are rehearsed; of a step without, one. */
    @Test
    void accumulationBeyondTwoCostsNothing() {
        StepSetup sixteen = Setups.of("70b", 3);

        double of16 = RehearsalTime.seconds(sixteen, MACHINE, 8);

        assertThat(RehearsalTime.seconds(sixteen.stress(2, 2, 3), MACHINE, 8)).isCloseTo(of16, withinPercentage(0.01));
        assertThat(RehearsalTime.seconds(sixteen.stress(2, 1, 3), MACHINE, 8)).isBetween(0.45 * of16, 0.6 * of16);
    }

    /** ZeRO-1: one all-reduce of the gradients, the weights after the pattern's update and after the seed's. */
    @Test
    void ofStage1TheUpdatesGathersAreAmongIt() {
        StepSetup step = Setups.of("7b", 1);
        double gradients = 2 * 6.74e9 * 2 * 31 / 32 / 90e9;
        double weights = 2 * 2 * 6.74e9 * 31 / 32 / 90e9;

        assertThat(RehearsalTime.seconds(step, MACHINE, 4)).isBetween(gradients + weights, 1.3 * (gradients + weights));
    }
}
