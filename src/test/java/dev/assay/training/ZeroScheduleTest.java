package dev.assay.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.assay.training.Collective.Kind;
import dev.assay.training.GradientBucket.Call;
import dev.assay.training.Shares.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ZeroScheduleTest {
    /** Tensors of 40 to 4760 elements, of which none is a multiple of 3 · 8. */
    private static final ModelShape TINY = new ModelShape(ModelFamily.LLAMA, 2, 40, 5, 1, 8, 70, 119, 16);

    private static final ModelShape GPT = new ModelShape(ModelFamily.GPT, 2, 12, 3, 3, 4, 17, 31, 9);

    @ParameterizedTest
    @EnumSource
    void presetsHaveNoGaps(ModelPreset preset) {
        FlatTensors tensors = FlatTensors.of(preset.shape());

        assertThat(tensors.total()).isEqualTo(preset.shape().parameters());
        assertThat(tensors.modules()).isEqualTo(preset.shape().layers() + 2);
    }

    @Test
    void oddModulesBeginAtWholeVectors() {
        FlatTensors tensors = FlatTensors.of(GPT);

        assertThat(tensors.ofModule(1)).as("query, key and value are one").hasSize(12);
        for (int module = 0; module < tensors.modules(); module++) {
            assertThat(tensors.start(module) % FlatTensors.GRANULE).isZero();
        }
        assertThat(tensors.total()).isBetween(GPT.parameters(), GPT.parameters() + 4 * 7);
    }

    /** Every element is one rank's, but in stage 0. */
    @ParameterizedTest
    @CsvSource({"1, 1", "1, 3", "2, 4", "3, 1", "3, 3", "3, 4"})
    void ranksShareEveryElement(int stage, int ranks) {
        ZeroSchedule schedule = schedule(TINY, zero(stage, true, 1000, 500, 64), ranks);

        List<Piece> pieces = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            pieces.addAll(schedule.shares().within(0, schedule.tensors().total(), rank));
        }

        pieces.sort(Comparator.comparingLong(Piece::from));
        long end = 0;
        for (Piece piece : pieces) {
            assertThat(piece.from()).isEqualTo(end);
            assertThat(piece.at() + piece.elements())
                    .isLessThanOrEqualTo(schedule.shares().elements());
            end += piece.elements();
        }
        assertThat(end).isEqualTo(schedule.tensors().total());
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, false", "1, true", "2, true", "3, true"})
    void bucketsHoldEveryTensorOnce(int stage, boolean overlap) {
        ZeroSchedule schedule = schedule(TINY, zero(stage, overlap, 3000, 500, 64), 3);

        assertThat(schedule.buckets().stream().flatMap(bucket -> bucket.tensors().stream()))
                .containsExactlyInAnyOrderElementsOf(schedule.tensors().all());
        int firstModule = schedule.buckets().get(0).tensors().get(0).module();
        assertThat(firstModule)
                .as("backward begins with the head")
                .isEqualTo(stage != 0 && overlap ? schedule.tensors().modules() - 1 : 0);
    }

    /** A head of 4760 elements, on 3 ranks all of it of the last one's stretch. */
    @Test
    void aTensorLargerThanABucketTravelsAlone() {
        ZeroSchedule schedule = schedule(TINY, zero(2, true, 3000, 500, 64), 3);

        GradientBucket first = schedule.buckets().get(0);

        assertThat(first.tensors())
                .containsExactly(
                        schedule.tensors().all().get(schedule.tensors().all().size() - 1));
        assertThat(first.calls()).containsExactly(new Call(first.start(), 4760, 0));
    }

    /** Of 12 ranks' stretches of 2856 elements the embedding of 4760 touches two, each with more than the bucket's 1000. */
    @Test
    void aLargeTensorOfSeveralStretchesIsCutThere() {
        ZeroSchedule schedule = schedule(TINY, zero(2, true, 1000, 500, 64), 12);

        GradientBucket last = schedule.buckets().get(schedule.buckets().size() - 1);

        assertThat(schedule.shares().elements()).isEqualTo(2856);
        assertThat(last.calls()).containsExactly(new Call(0, 2856, 0), new Call(2856, 4760 - 2856, 0));
    }

    @Test
    void stageThreeScattersWhatIsLargerThanABucketInAnyCase() {
        ZeroSetup zero = new ZeroSetup(3, true, false, true, 3000, 500, 64, 10_000, 1);
        ZeroSchedule schedule = schedule(TINY, zero, 2);

        assertThat(schedule.buckets())
                .allMatch(bucket -> bucket.kind()
                        == (bucket.end() - bucket.start() > 3000 ? Kind.REDUCE_SCATTER : Kind.ALL_REDUCE));
        assertThat(schedule.buckets()).extracting(GradientBucket::kind).contains(Kind.REDUCE_SCATTER, Kind.ALL_REDUCE);
    }

    /** A group may reach one module less far than there are slots: the module before is still read when it is asked for. */
    @ParameterizedTest
    @CsvSource({"1, 2", "40000, 2", "100000, 5"})
    void gathersReachNoFurtherThanTheSlots(long maxLive, int slots) {
        ZeroSetup zero = new ZeroSetup(3, true, true, true, 3000, 1_000_000, 64, maxLive, 1);
        ZeroSchedule schedule = schedule(TINY, zero, 2);

        assertThat(schedule.slots()).isEqualTo(slots);
        assertThat(schedule.gathers(schedule.backward()))
                .allMatch(group ->
                        group.get(0).module() - group.get(group.size() - 1).module() <= slots - 2)
                .allMatch(group -> maxLive > 1 || group.size() == 1);
    }

    @Test
    void aTiedEmbeddingIsReadWithTheHead() {
        assertThat(schedule(GPT, zero(3, true, 100, 100, 20), 2).backward()).containsExactly(3, 0, 2, 1);
    }

    /**
     * Of 7B a layer has 202.4 M, the head 131.1 M: the head comes again at once, the last layer after twice the head, the one
     * before after two layers more (667 M), the next not within a thousand million (1 072 M). Of 70B the head and one layer; of
     * 175B, whose head has nothing to gather, the layer behind which twice the head and once the embedding come (643 M). Who
     * looks ahead keeps the last ones that a thousand million have room for besides: of 7B the head and four layers (941 M).
     */
    @ParameterizedTest
    @CsvSource({
        "LLAMA2_7B, 50000000, 1000000000, 29 30 31 32 33",
        "LLAMA2_7B, 50000000, 0, 29 30 31 32 33",
        "LLAMA2_7B, 0, 1000000000, 31 32 33",
        "LLAMA2_7B, 0, 666918913, 31 32 33",
        "LLAMA2_7B, 0, 666918912, 32 33",
        "LLAMA2_7B, 0, 1, 33",
        "LLAMA2_13B, 50000000, 1000000000, 39 40 41",
        "LLAMA2_70B, 50000000, 1000000000, 80 81",
        "LLAMA2_70B, 50000000, 0, 81",
        "GPT3_175B, 50000000, 1000000000, 96",
        "LLAMA2_7B, 0, 0, ''"
    })
    void whatIsUsedAgainSoonStaysGathered(ModelPreset preset, long prefetch, long maxReuse, String modules) {
        StepSetup step = Setups.of(preset, 1, stage3(prefetch, maxReuse), Recomputation.FULL, CollectiveMode.DEEPSPEED);
        ZeroSchedule schedule = ZeroSchedule.of(step, 16);
        ZeroSchedule without =
                ZeroSchedule.of(Setups.of(preset, 1, stage3(0, 0), Recomputation.FULL, CollectiveMode.DEEPSPEED), 16);

        assertThat(schedule.kept().stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .isEqualTo(modules);
        assertThat(schedule.gatheredAgain()).noneMatch(schedule.kept()::contains);
        assertThat(schedule.gatheredAgain())
                .hasSize(schedule.backward().size() - schedule.kept().size());
        assertThat(elements(without.gathers(without.backward())) - elements(schedule.gathers(schedule.gatheredAgain())))
                .as("elements that backward does not gather")
                .isEqualTo(schedule.kept().stream()
                        .flatMap(module -> schedule.tensors().ofModule(module).stream())
                        .filter(tensor -> !schedule.staysWhole(tensor))
                        .mapToLong(FlatTensor::size)
                        .sum());
        assertThat(schedule.slots())
                .as("beside what stays, within maxLive or two")
                .isEqualTo(
                        prefetch == 0
                                ? 2
                                : (int) Math.max(
                                        2,
                                        (1_000_000_000 - schedule.keptElements())
                                                / schedule.tensors().largestModule()));
    }

    /**
     * A layer of 70B has 856 M elements, for which a thousand million have room; where nobody looks ahead, all four matrices of
     * attention, 151 M, have 1 175 M used behind them. Of 175B no layer has room, and both matrices of attention, 604 M, have
     * 1 812 M behind them, the one into the feed-forward 604 M. Counted in DeepSpeed 0.19.6 itself, by the proof "gathers".
     */
    @ParameterizedTest
    @CsvSource({
        "LLAMA2_7B, 50000000, 1000000000, 0",
        "LLAMA2_13B, 50000000, 1000000000, 0",
        "LLAMA2_70B, 50000000, 1000000000, 0",
        "LLAMA2_70B, 50000000, 0, 0",
        "LLAMA2_70B, 0, 1000000000, 80 * 150994944",
        "LLAMA2_7B, 0, 1000000000, 0",
        "GPT3_175B, 50000000, 1000000000, 96 * 603979776",
        "GPT3_175B, 0, 1000000000, 96 * 603979776",
        "GPT3_175B, 50000000, 0, 96 * 1207959552"
    })
    void whatIsUsedAgainLateGoesBehindTheSecondForward(ModelPreset preset, long prefetch, long maxReuse, String third) {
        long[] factors =
                Arrays.stream(third.split(" \\* ")).mapToLong(Long::parseLong).toArray();
        ZeroSetup zero = stage3(prefetch, maxReuse);

        for (CollectiveMode mode : CollectiveMode.values()) {
            for (Recomputation recomputation : Recomputation.values()) {
                ZeroSchedule schedule = ZeroSchedule.of(Setups.of(preset, 1, zero, recomputation, mode), 16);
                boolean any = mode == CollectiveMode.DEEPSPEED && recomputation == Recomputation.FULL;

                assertThat(elements(schedule.gathersBehindRecomputation()))
                        .as(mode + " " + recomputation)
                        .isCloseTo(any ? Arrays.stream(factors).reduce(1, (a, b) -> a * b) : 0, withinPercentage(0.1));
            }
        }
    }

    /** Where biases are cut too, the last matrix is still used once behind all others, and its bias stays with it. */
    @Test
    void biasesThatAreCutChangeNothingForMatrices() {
        StepSetup step = Setups.of(
                ModelPreset.GPT3_175B,
                1,
                stage3(50_000_000, 1_000_000_000, 0),
                Recomputation.FULL,
                CollectiveMode.DEEPSPEED);

        assertThat(elements(ZeroSchedule.of(step, 16).gathersBehindRecomputation(1)))
                .as("attention's two matrices, their biases, both norms")
                .isEqualTo(4L * 12288 * 12288 + (3 + 1 + 2 + 2) * 12288);
    }

    private static ZeroSetup stage3(long prefetch, long maxReuse) {
        return stage3(prefetch, maxReuse, ZeroSetup.defaults(3, true).persistenceThreshold());
    }

    private static ZeroSetup stage3(long prefetch, long maxReuse, long persistence) {
        ZeroSetup all = ZeroSetup.defaults(3, true);
        return new ZeroSetup(
                3,
                true,
                true,
                true,
                all.reduceBucket(),
                prefetch,
                persistence,
                all.maxLive(),
                all.subGroup(),
                maxReuse);
    }

    /** Backward reads a layer's last tensor first, which stays. */
    @Test
    void theLastComesFirst() {
        ZeroSchedule schedule = ZeroSchedule.of(
                Setups.of(ModelPreset.LLAMA2_7B, 1, stage3(0, 0), Recomputation.FULL, CollectiveMode.DEEPSPEED), 16);
        List<FlatTensor> layer = schedule.tensors().ofModule(5);

        assertThat(schedule.gathersBehindRecomputation(5))
                .as("up, gate and attention's, one by one where nobody looks ahead")
                .extracting(group -> group.get(0).index() - layer.get(0).index())
                .containsExactly(7, 6, 4, 3, 2, 1);
        assertThat(schedule.gathersBehindRecomputation(0)).isEmpty();
        assertThat(schedule.gathersBehindRecomputation(33)).isEmpty();
    }

    private static long elements(List<List<FlatTensor>> groups) {
        return groups.stream().flatMap(List::stream).mapToLong(FlatTensor::size).sum();
    }

    @Test
    void nothingStaysBelowStageThree() {
        ZeroSetup zero = zero(2, true, 100, 100, 20).keeping(1_000_000);

        assertThat(schedule(GPT, zero, 2).kept()).isEmpty();
    }

    /** {@code param.ds_numel <= param_threshold}: a norm of 40 elements stays whole at 40, not at 39. */
    @ParameterizedTest
    @CsvSource({"39, 0", "40, 5", "41, 5"})
    void aTensorAsLargeAsTheThresholdStaysWhole(long threshold, int whole) {
        assertThat(schedule(TINY, zero(3, true, 3000, 500, threshold), 2).small())
                .hasSize(whole)
                .allMatch(tensor -> tensor.size() == 40);
    }

    /** On streams of their own, whatever {@code overlap_comm} is: buckets leave as backward gives them. */
    @ParameterizedTest
    @CsvSource({"0", "1", "2", "3"})
    void idealCollectivesAlwaysOverlap(int stage) {
        ZeroSchedule schedule = ZeroSchedule.of(ideal(stage, false), 3);

        assertThat(schedule.overlaps()).isTrue();
        assertThat(schedule.sendsWeightsBesideGradients()).isEqualTo(stage == 3);
        assertThat(schedule.buckets())
                .isEqualTo(ZeroSchedule.of(ideal(stage, true), 3).buckets());
        assertThat(schedule.buckets().get(0).end())
                .as("backward begins with the head")
                .isEqualTo(schedule.tensors().total());
        assertThat(StepCollectives.of(ideal(stage, false), 3)).isEqualTo(StepCollectives.of(ideal(stage, true), 3));
        assertThat(MemoryPlan.of(ideal(stage, false), 3)).isEqualTo(MemoryPlan.of(ideal(stage, true), 3));
        assertThat(ideal(stage, false).modes()).contains("ideal collectives overlapped with");
    }

    private static StepSetup ideal(int stage, boolean overlap) {
        return new StepSetup(
                TINY, 8, 1, 2, zero(stage, overlap, 3000, 500, 40), Recomputation.NONE, CollectiveMode.IDEAL, 2, 2);
    }

    private static ZeroSetup zero(int stage, boolean overlap, long bucket, long prefetch, long persistence) {
        return new ZeroSetup(stage, overlap, true, true, bucket, prefetch, persistence, 100_000, 1_000_000);
    }

    private static ZeroSchedule schedule(ModelShape model, ZeroSetup zero, int ranks) {
        return ZeroSchedule.of(
                new StepSetup(model, 8, 1, 2, zero, Recomputation.NONE, CollectiveMode.DEEPSPEED, 2, 2), ranks);
    }
}
