package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.training.Collective.Behind;
import dev.assay.training.Collective.Kind;
import dev.assay.training.Collective.When;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepCollectivesTest {
    /** GB on the bus a step of 16 micro-batches, 64 GPUs: stage 0, 1, 1 ideal, 2, 2 ideal, 3 ideal. */
    @ParameterizedTest
    @CsvSource({
        "7b, 26.5, 39.8, 26.5, 438, 226, 637",
        "13b, 51, 77, 51, 846, 436, 1230",
        "70b, 272, 407, 272, 4481, 2309, 6518",
        "175b, 688, 1031, 688, 11344, 5844, 16500"
    })
    void volumes(String size, double z0, double z1, double ideal1, double z2, double ideal2, double z3) {
        assertVolume(Setups.of(size, 0), z0);
        assertVolume(Setups.of(size, 1), z1);
        assertVolume(Setups.ideal(size, 1), ideal1);
        assertVolume(Setups.of(size, 2), z2);
        assertVolume(Setups.ideal(size, 2), ideal2);
        assertVolume(Setups.ideal(size, 3), z3);
    }

    private static void assertVolume(StepSetup setup, double gigabytes) {
        double halfDigit = gigabytes % 1 != 0 ? 0.051 : 0.0007 * gigabytes + 0.5;
        assertThat(StepCollectives.busBytes(setup, 64) / 1e9).isCloseTo(gigabytes, within(halfDigit));
    }

    /** 6.74 G gradients leave in buckets of at most 0.5 G elements, in the last micro-batch only. */
    @Test
    void stageOneReducesOnceAStep() {
        List<Collective> list = StepCollectives.of(Setups.of("7b", 1), 64);

        assertThat(list).extracting(Collective::purpose).containsExactly("gradients", "weights", "gradient norm");
        Collective gradients = list.get(0);
        assertThat(gradients.kind()).isEqualTo(Kind.ALL_REDUCE);
        assertThat(gradients.when()).isEqualTo(When.LAST_MICRO_BATCH);
        assertThat(gradients.behind()).isEqualTo(Behind.BACKWARD);
        assertThat(gradients.bytes()).isEqualTo(2 * 6_738_415_616L);
        assertThat(gradients.largest()).isLessThanOrEqualTo(1_000_000_000L);
        assertThat(gradients.calls()).isBetween(14L, 18L);
        assertThat(list.get(1))
                .isEqualTo(new Collective(
                        Kind.ALL_GATHER,
                        "weights",
                        1,
                        2 * 6_738_415_616L,
                        2 * 6_738_415_616L,
                        When.AFTER_OPTIMIZER,
                        Behind.NOTHING));
    }

    @Test
    void stageTwoReducesEveryMicroBatch() {
        Collective once = StepCollectives.of(Setups.of("7b", 1), 64).get(0);
        Collective each = StepCollectives.of(Setups.of("7b", 2), 64).get(0);

        assertThat(each.calls()).isEqualTo(16 * once.calls());
        assertThat(each.bytes()).isEqualTo(16 * once.bytes());
        assertThat(each.when()).isEqualTo(When.EVERY_MICRO_BATCH);
        assertThat(StepCollectives.of(Setups.ideal("7b", 2), 64).get(0).kind()).isEqualTo(Kind.REDUCE_SCATTER);
    }

    /** HF's "auto" prefetches 0.9 · hidden²: each of a layer's seven matrices is a call of its own, and so are both embeddings. */
    @Test
    void stageThreeGathersByThePrefetchBucket() {
        assertThat(gathers(15_099_494)).isEqualTo(16L * (32 * 7 + 2));
        assertThat(gathers(50_000_000)).isEqualTo(16L * (32 * 3 + 2));
        assertThat(gathers(Long.MAX_VALUE))
                .as("as modules, since what stays for backward leaves room for two")
                .isEqualTo(16L * (32 + 2));
        assertThat(StepCollectives.of(Setups.ideal("7b", 3), 64).get(0).calls()).isEqualTo(16L * (32 + 2));
    }

    /** Where fewer may be live than the largest tensor has, DeepSpeed gathers nothing ahead: each matrix when it is needed. */
    @Test
    void nothingIsGatheredAheadWhereNothingMayLive() {
        assertThat(gathers(50_000_000, 1)).isEqualTo(16L * (32 * 7 + 2));
    }

    private static long gathers(long prefetch) {
        return gathers(prefetch, 1_000_000_000);
    }

    private static long gathers(long prefetch, long maxLive) {
        ZeroSetup zero = new ZeroSetup(3, true, true, true, 500_000_000, prefetch, 100_000, maxLive, 1);
        StepSetup setup = Setups.of(ModelPreset.LLAMA2_7B, 16, zero, Recomputation.FULL, CollectiveMode.DEEPSPEED);
        return StepCollectives.of(setup, 64).get(0).calls();
    }

    /** Both norms of 32 layers and the last one, 4096 each, stay whole; their new values are gathered after the optimizer. */
    @Test
    void stageThreeKeepsSmallTensorsWhole() {
        List<Collective> list = StepCollectives.of(Setups.of("7b", 3), 64);

        assertThat(list)
                .extracting(Collective::purpose)
                .containsExactly(
                        "weights, forward", "weights, backward", "gradients", "small weights", "gradient norm");
        assertThat(list.get(3).bytes()).isEqualTo(2L * 65 * 4096);
        assertThat(list.get(0).bytes()).isEqualTo(16 * 2 * (6_738_415_616L - 65 * 4096));
        assertThat(list.get(2).bytes()).isEqualTo(16 * 2 * 6_738_415_616L);
    }

    @Test
    void whatIsSwitchedOffChangesTheWork() {
        ZeroSetup noScatter = new ZeroSetup(3, false, false, true, 500_000_000, 50_000_000, 100_000, 1, 1);
        Collective gradients = StepCollectives.of(with(noScatter), 64).get(3);

        assertThat(gradients.kind()).isEqualTo(Kind.ALL_REDUCE);
        assertThat(gradients.behind()).isEqualTo(Behind.NOTHING);

        ZeroSetup toRanks = new ZeroSetup(1, false, true, false, 500_000_000, 1, 1, 1, 1);
        Collective reduce = StepCollectives.of(with(toRanks), 64).get(0);

        assertThat(reduce.kind()).isEqualTo(Kind.REDUCE);
        assertThat(reduce.calls())
                .as("64 stretches, cut anew where one of 14 buckets ends within")
                .isEqualTo(64 + 14 - 1);
    }

    @Test
    void gradientsInFloatDoubleTheirTraffic() {
        StepSetup setup = Setups.of("7b", 0);
        StepSetup wide = Setups.with(setup, setup.collectives(), 2, 4);

        assertThat(StepCollectives.of(wide, 8).get(0).bytes())
                .isEqualTo(2 * StepCollectives.of(setup, 8).get(0).bytes());
    }

    @Test
    void oneGpuTalksToNobody() {
        assertThat(StepCollectives.of(Setups.of("7b", 3), 1)).isEmpty();
        assertThat(StepCollectives.busBytes(Setups.of("7b", 3), 1)).isZero();
    }

    /** By rings every hop carries the bus bytes, so a node sends as many; trees of all-reduces 2(k − 1)/k of theirs. */
    @Test
    void aNodeSendsWhatItsRingsOrTreesCarry() {
        StepSetup reduced = Setups.of("7b", 0);
        long bytes = StepCollectives.of(reduced, 16).get(0).bytes();
        assertThat(StepCollectives.ringBytesPerNode(reduced, 2, 8)).isCloseTo(bytes * 2.0 * 15 / 16, within(8.0));
        assertThat(StepCollectives.treeBytesPerNode(reduced, 2, 8)).isCloseTo(bytes * 1.0, within(8.0));
        assertThat(StepCollectives.treeBytesPerNode(reduced, 4, 8)).isCloseTo(bytes * 1.5, within(8.0));

        StepSetup gathered = Setups.of("70b", 3);
        assertThat(StepCollectives.ringBytesPerNode(gathered, 8, 8))
                .isCloseTo(StepCollectives.busBytes(gathered, 64), within(1.0));
        assertThat(StepCollectives.treeBytesPerNode(gathered, 8, 8))
                .as("gathers have no trees")
                .isCloseTo(StepCollectives.ringBytesPerNode(gathered, 8, 8), within(8.0));

        assertThat(StepCollectives.ringBytesPerNode(gathered, 1, 8)).isZero();
        assertThat(StepCollectives.treeBytesPerNode(gathered, 1, 8)).isZero();
    }

    /** Of a chain of 16 ranks 15 send; on the mean of the places of its end. */
    @Test
    void aReduceEndsAtItsRoot() {
        StepSetup toRanks = with(new ZeroSetup(1, false, true, false, 500_000_000, 1, 1, 1, 1));
        double reduced = StepCollectives.of(toRanks, 16).stream()
                .filter(each -> each.kind() == Kind.REDUCE)
                .mapToDouble(Collective::bytes)
                .sum();

        assertThat(StepCollectives.busBytes(toRanks, 16) - StepCollectives.ringBytesPerNode(toRanks, 2, 8))
                .isCloseTo(reduced / 16, within(1.0));
    }

    private static StepSetup with(ZeroSetup zero) {
        return Setups.of(ModelPreset.LLAMA2_7B, 16, zero, Recomputation.FULL, CollectiveMode.DEEPSPEED);
    }
}
