package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Communicator;
import dev.assay.device.DeviceException;
import dev.assay.device.SpoiledCommunicator;
import dev.assay.device.SpoiledCommunicator.Fault;
import dev.assay.device.Stream;
import dev.assay.training.GradientClipping;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.ParameterLayout;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a communicator does wrong in whichever of a step's calls, the pattern shows it; a healthy one shows nothing. */
class RehearsalTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final long SEED = 7;

    /** Tensors of at least 8 elements, so that no part is all filling. */
    private static final ModelShape LLAMA = new ModelShape(ModelFamily.LLAMA, 2, 16, 2, 1, 8, 24, 40, 8);

    private static final ModelShape GPT = new ModelShape(ModelFamily.GPT, 2, 16, 2, 2, 8, 24, 40, 9);

    /** Flags and bytes as {@link ZeroFlags} has them; k: the last modules stay gathered for backward. */
    @ParameterizedTest
    @CsvSource({
        "0, 2, 1, '', 22",
        "0, 3, 2, i, 24",
        "0, 3, 2, g, 42",
        "1, 2, 1, '', 22",
        "1, 3, 3, or, 22",
        "1, 3, 2, oa, 42",
        "1, 4, 2, oig, 44",
        "2, 2, 1, '', 22",
        "2, 3, 3, og, 24",
        "2, 3, 2, oir, 42",
        "3, 2, 1, '', 22",
        "3, 3, 3, o, 22",
        "3, 4, 2, oa, 24",
        "3, 3, 2, og, 42",
        "3, 2, 2, oi, 22",
        "3, 4, 2, oig, 44",
        "3, 3, 2, ok, 22",
        "3, 2, 2, okg, 22",
        "3, 3, 2, of, 22",
        "3, 2, 2, f, 24",
        "3, 3, 2, okfg, 22"
    })
    void healthyRanksFindNothing(int stage, int ranks, int accumulation, String flags, int bytes) throws Exception {
        StepSetup step = step(stage, accumulation, flags, bytes);

        for (List<Traffic> rank : rehearse(step, ranks, communicator -> communicator)) {
            assertThat(rank).extracting(Traffic::what).containsExactly(kinds(stage));
            assertThat(rank).allMatch(each -> each.wrong() == 0, "nothing wrong in " + rank);
            assertThat(rank.get(0).detail()).contains("over " + ranks + " ranks");
        }
    }

    /** All that a rank keeps or reads: of gradients together with the norm's rounds, of weights in both passes. */
    @Test
    void everyElementIsLookedAt() throws Exception {
        StepSetup step = step(3, 1, "o", 22);
        long all = setup(step).weights().layout().total();

        List<List<Traffic>> ranks = rehearse(step, 2, communicator -> communicator);

        long sums = ranks.stream().mapToLong(rank -> rank.get(0).elements()).sum();
        assertThat(sums - 2 * 8).isBetween(all, all + 64);
        assertThat(ranks.get(1).get(1).elements()).isBetween(2 * all, 2 * all + 128);
    }

    /** What comes a third time is looked at besides, with the layer that it is of. */
    @Test
    void aThirdGatherIsLookedAtToo() throws Exception {
        // Not even one layer has room, so that the last matrix of each alone stays.
        StepSetup twice = step(3, 1, "o", 22);
        StepSetup thrice = step(3, 1, "of", 22);
        ParameterLayout layout = setup(twice).layout();
        long layers = layout.of("norm").offset()
                - layout.of("layers.0.attention.norm").offset();

        long more = rehearse(thrice, 2, communicator -> communicator)
                        .get(1)
                        .get(1)
                        .elements()
                - rehearse(twice, 2, communicator -> communicator).get(1).get(1).elements();

        assertThat(more).isBetween(layers, layers + 64);
    }

    static List<Arguments> faults() {
        List<Arguments> all = new ArrayList<>();
        for (int stage = 0; stage <= 3; stage++) {
            for (String flags : stage == 3 ? List.of("o", "oi", "ok", "of") : List.of("o", "or", "oi")) {
                for (Fault fault : List.of(
                        Fault.LEAVES_OUT_A_RANK,
                        Fault.ADDS_A_RANK_TWICE,
                        Fault.SWAPS_TWO_BLOCKS,
                        Fault.MOVES_ONE_LESS)) {
                    all.add(Arguments.of(stage, flags, fault));
                }
            }
        }
        return all;
    }

    /** Each call by itself: the smallest and the last partial one among them. */
    @ParameterizedTest
    @MethodSource("faults")
    void everySpoiledCallIsFound(int stage, String flags, Fault fault) throws Exception {
        StepSetup step = step(stage, 1, flags, 22);
        int found = 0;
        for (String lane : List.of("gradients", "weights")) {
            int calls = spoiled(step, lane, fault, call -> false).calls();
            for (int call = 0; call < calls; call++) {
                int number = call;
                Spoiled spoiled = spoiled(step, lane, fault, each -> each == number);
                assertThat(spoiled.wrong() > 0)
                        .as("%s in call %d of %d of the %s' lane", fault, call, calls, lane)
                        .isEqualTo(spoiled.changed());
                found += spoiled.changed() ? 1 : 0;
            }
        }
        assertThat(found).as("calls that were spoiled").isPositive();
    }

    /** @param wrong elements that the ranks found together */
    private record Spoiled(int calls, boolean changed, long wrong) {}

    /** Its partner waits no longer than it is told to, and says for what. */
    @ParameterizedTest
    @CsvSource({"0, gradients", "1, gradients", "2, gradients", "3, gradients", "3, weights"})
    void aRankThatStaysAwayEndsTheWait(int stage, String lane) throws Exception {
        StepSetup step = step(stage, 1, "o", 22);
        CountDownLatch ended = new CountDownLatch(1);

        List<String> ends = ZeroRanks.run(2, (rank, device, join) -> {
            ZeroFactory factory = new ZeroFactory(
                    2,
                    purpose -> purpose.equals(lane)
                            ? new SpoiledCommunicator(join.apply(purpose), Fault.HANGS, call -> true)
                            : join.apply(purpose));
            AllocationPlan plan = new AllocationPlan();
            factory.plan(setup(step), plan);
            Arena memory = plan.allocate(device);
            Stream compute = device.newStream();
            Sharding sharding = factory.open(setup(step), device, memory, compute);
            try {
                sharding.rehearse(SEED, rank == 0 ? Duration.ofMillis(500) : SOON);
                // Who left its calls out may be done before its partner's time is up; leaving now would end the wait
                // sooner.
                ended.await();
                return "nothing";
            } catch (DeviceException e) {
                sharding.abort();
                assertThatThrownBy(() -> compute.synchronize(SOON))
                        .as("what was hung has ended")
                        .isInstanceOf(DeviceException.class)
                        .hasMessageNotContaining("deadline");
                return String.valueOf(e.getMessage());
            } finally {
                if (rank == 0) {
                    ended.countDown();
                }
            }
        });

        assertThat(ends.get(0)).contains("the rehearsal of a step's traffic");
    }

    @Test
    void whatLooksAtNothingIsNoFinding() {
        assertThatThrownBy(() -> new Traffic("gradients", 0, 0, "")).isInstanceOf(IllegalArgumentException.class);
    }

    private static Spoiled spoiled(StepSetup step, String lane, Fault fault, IntPredicate spoils) throws Exception {
        List<SpoiledCommunicator> all = Collections.synchronizedList(new ArrayList<>());
        List<List<Traffic>> found = ZeroRanks.run(
                2,
                (rank, device, join) -> rehearse(step, 2, device, purpose -> {
                    if (!purpose.equals(lane)) {
                        return join.apply(purpose);
                    }
                    SpoiledCommunicator communicator = new SpoiledCommunicator(join.apply(purpose), fault, spoils);
                    all.add(communicator);
                    return communicator;
                }));
        return new Spoiled(
                all.isEmpty() ? 0 : all.get(0).calls(),
                all.stream().anyMatch(SpoiledCommunicator::changed),
                found.stream().flatMap(List::stream).mapToLong(Traffic::wrong).sum());
    }

    private static List<List<Traffic>> rehearse(StepSetup step, int ranks, Function<Communicator, Communicator> change)
            throws Exception {
        return ZeroRanks.run(
                ranks,
                (rank, device, join) -> rehearse(step, ranks, device, purpose -> change.apply(join.apply(purpose))));
    }

    private static List<Traffic> rehearse(
            StepSetup step, int ranks, dev.assay.device.Device device, Function<String, Communicator> join) {
        TrainerSetup setup = setup(step);
        ZeroFactory factory = new ZeroFactory(ranks, join);
        AllocationPlan plan = new AllocationPlan();
        factory.plan(setup, plan);
        try (Arena memory = plan.allocate(device);
                Stream compute = device.newStream();
                Sharding sharding = factory.open(setup, device, memory, compute)) {
            return sharding.rehearse(SEED, SOON);
        }
    }

    private static String[] kinds(int stage) {
        return stage == 0 ? new String[] {"gradients"} : new String[] {"gradients", "weights"};
    }

    private static StepSetup step(int stage, int accumulation, String flags, int bytes) {
        ZeroFlags what = new ZeroFlags(flags, bytes);
        ZeroSetup zero =
                what.zero(stage, 300, 250, 20, what.has("f") ? 1500 : 3000).keeping(what.has("k") ? 1500 : 0);
        return what.step(LLAMA, GPT, accumulation, zero);
    }

    private static TrainerSetup setup(StepSetup step) {
        return new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), 1);
    }
}
