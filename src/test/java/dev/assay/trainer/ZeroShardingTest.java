package dev.assay.trainer;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.Stream;
import dev.assay.training.Collective;
import dev.assay.training.Collective.Kind;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;
import dev.assay.training.Recomputation;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.training.oracle.AdamWState;
import dev.assay.training.oracle.ParameterValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All stages on known gradients: after each step every rank has what fp64 AdamW makes of the sum, and sent what was planned. */
class ZeroShardingTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int STEPS = 3;

    /** Sizes of which no rank count above one divides many; the head is larger than most of the buckets below. */
    private static final ModelShape LLAMA = new ModelShape(ModelFamily.LLAMA, 3, 12, 4, 2, 6, 17, 31, 7);

    private static final ModelShape GPT = new ModelShape(ModelFamily.GPT, 2, 12, 3, 3, 5, 17, 31, 9);

    /**
     * @param flags c: clipped; k: the last modules stay gathered for backward; K: all do; the others, and bytes, as {@link
     *     ZeroFlags} has them
     */
    @ParameterizedTest
    @CsvSource({
        "0, 2, 1, '', 22, 10000, 1, 1, 0",
        "0, 3, 3, c, 22, 10000, 1, 1, 0",
        "0, 2, 2, ci, 22, 10000, 1, 1, 0",
        "0, 3, 2, g, 44, 10000, 1, 1, 0",
        "0, 2, 2, g, 42, 10000, 1, 1, 0",
        "0, 2, 2, i, 24, 10000, 1, 1, 0",
        "1, 2, 1, '', 22, 300, 1, 1, 0",
        "1, 3, 2, o, 22, 300, 1, 1, 0",
        "1, 4, 2, oc, 44, 100, 1, 1, 0",
        "1, 3, 2, og, 24, 250, 1, 1, 0",
        "1, 2, 3, or, 22, 300, 1, 1, 0",
        "1, 3, 2, a, 42, 300, 1, 1, 0",
        "1, 3, 2, oi, 22, 300, 1, 1, 0",
        "1, 2, 2, cig, 42, 200, 1, 1, 0",
        "2, 2, 1, '', 22, 300, 1, 1, 0",
        "2, 3, 3, oc, 22, 300, 1, 1, 0",
        "2, 4, 2, orc, 42, 100, 1, 1, 0",
        "2, 3, 2, og, 24, 90, 1, 1, 0",
        "2, 2, 2, oa, 22, 10000, 1, 1, 0",
        "2, 3, 2, oi, 44, 300, 1, 1, 0",
        "3, 2, 1, o, 22, 300, 250, 20, 100000",
        "3, 3, 3, oc, 22, 300, 250, 20, 3000",
        "3, 4, 2, o, 42, 200, 10, 0, 100000",
        "3, 2, 2, '', 22, 300, 250, 20, 2500",
        "3, 3, 2, oa, 22, 500, 1000, 20, 3500",
        "3, 2, 2, og, 24, 200, 100, 20, 100000",
        "3, 3, 2, cg, 22, 300, 10000, 100, 2500",
        "3, 2, 2, o, 22, 300, 0, 20, 100000",
        "3, 2, 2, o, 22, 300, 250, 20, 0",
        "3, 3, 2, oi, 22, 300, 250, 20, 3000",
        "3, 4, 2, oig, 44, 300, 250, 20, 100000",
        "3, 2, 2, o, 22, 300, 250, 100000, 3000",
        "3, 2, 1, ok, 22, 300, 250, 20, 100000",
        "3, 3, 2, ok, 22, 300, 250, 20, 1",
        "3, 2, 2, k, 42, 300, 250, 20, 3000",
        "3, 3, 2, okc, 22, 300, 0, 20, 100000",
        "3, 2, 2, okg, 22, 200, 100, 20, 1",
        "3, 2, 3, oki, 22, 300, 250, 20, 4000",
        "3, 2, 2, oK, 22, 300, 10000, 20, 100000",
        "3, 3, 2, oKg, 24, 300, 250, 0, 1",
        "3, 2, 2, K, 22, 300, 250, 20, 5000"
    })
    void everyRankHasWhatAdamWMakesOfTheSum(
            int stage,
            int ranks,
            int accumulation,
            String flags,
            int bytes,
            long bucket,
            long prefetch,
            long persistence,
            long maxLive)
            throws Exception {
        ZeroFlags what = new ZeroFlags(flags, bytes);
        ZeroSetup zero = what.zero(stage, bucket, prefetch, persistence, maxLive)
                .keeping(what.has("K") ? 1_000_000 : what.has("k") ? 800 : 0);
        StepSetup step = what.step(LLAMA, GPT, accumulation, zero);
        GradientClipping clipping = what.has("c") ? new GradientClipping(0.7) : GradientClipping.none();
        check(new TrainerSetup(step, Small.ADAM_W, clipping, System.nanoTime()), ranks);
    }

    @Test
    void onOneRankNothingTravels() throws Exception {
        StepSetup step = new StepSetup(
                LLAMA, 7, 1, 2, ZeroSetup.defaults(3, true), Recomputation.NONE, CollectiveMode.DEEPSPEED, 2, 2);

        check(new TrainerSetup(step, Small.ADAM_W, GradientClipping.none(), 5), 1);
    }

    private static void check(TrainerSetup setup, int ranks) throws Exception {
        List<List<Outcome>> all = ZeroRanks.run(ranks, (rank, device, join) -> {
            List<CountingCommunicator.Sent> sent = new ArrayList<>();
            return new OneRank(setup, device, rank, ranks)
                    .run(new ZeroFactory(ranks, purpose -> new CountingCommunicator(join.apply(purpose), sent)), sent);
        });

        Expected expected = new Expected(setup);
        for (int step = 1; step <= STEPS; step++) {
            ParameterValues before = expected.weights();
            expected.step(step, ranks);
            for (List<Outcome> rank : all) {
                rank.get(step - 1).assertIs(expected, before, ranks);
            }
        }
    }

    private static final class Expected {
        private final TrainerSetup setup;
        private final ParameterValues weights;
        private final AdamWState state;
        private ParameterValues gradients;

        Expected(TrainerSetup setup) {
            this.setup = setup;
            weights = ParameterValues.initial(setup.weights());
            gradients = ParameterValues.zeros(setup.layout());
            state = new AdamWState(setup.layout());
        }

        void step(int step, int ranks) {
            gradients = ParameterValues.zeros(setup.layout());
            for (Parameter parameter : setup.layout().parameters()) {
                double[] to = gradients.of(parameter);
                for (int i = 0; i < to.length; i++) {
                    to[i] = KnownGradients.mean(setup, parameter, i, step, ranks);
                }
            }
            state.update(setup.optimizer(), weights, gradients.times(clipping()));
        }

        double clipping() {
            return setup.clipping().factor(gradients.norm());
        }

        ParameterValues weights() {
            return weights.times(1);
        }
    }

    /** One rank's run. */
    private record OneRank(TrainerSetup setup, Device device, int rank, int ranks) {
        List<Outcome> run(ShardingFactory factory, List<CountingCommunicator.Sent> sent) {
            AllocationPlan plan = new AllocationPlan();
            factory.plan(setup, plan);
            List<Outcome> outcomes = new ArrayList<>();
            WatchedDevice watched = new WatchedDevice(device);
            try (Arena memory = plan.allocate(device);
                    Stream compute = device.newStream();
                    Sharding sharding = factory.open(setup, watched, memory, compute)) {
                plan.allocations().forEach(each -> device.poison(memory.of(each.name()), compute));
                sharding.initialise();
                KnownGradients driver = new KnownGradients(setup, device, compute, rank);
                int made = watched.made();
                for (int step = 1; step <= STEPS; step++) {
                    sent.clear();
                    List<KnownGradients.Seen> seen = driver.step(sharding, step);
                    assertThat(watched.made()).as("memory, streams, events").isEqualTo(made);
                    List<CountingCommunicator.Sent> ofStep = List.copyOf(sent);
                    compute.synchronize(SOON);
                    sharding.checkHealthy();
                    outcomes.add(Outcome.of(setup, sharding, seen, ofStep));
                    made = watched.made();
                }
            }
            return outcomes;
        }
    }

    private record Outcome(
            List<float[]> masters,
            List<float[]> weights,
            List<float[]> gradients,
            ByteBuffer scaleAndNorm,
            List<KnownGradients.Seen> seen,
            List<CountingCommunicator.Sent> sent) {
        static Outcome of(
                TrainerSetup setup,
                Sharding sharding,
                List<KnownGradients.Seen> seen,
                List<CountingCommunicator.Sent> sent) {
            Outcome outcome = new Outcome(
                    new ArrayList<>(),
                    new ArrayList<>(),
                    new ArrayList<>(),
                    ByteBuffer.wrap(sharding.scaleAndNorm().read()).order(ByteOrder.LITTLE_ENDIAN),
                    seen,
                    sent);
            for (Parameter parameter : setup.layout().parameters()) {
                outcome.masters.add(sharding.read(StateKind.MASTER, parameter));
                outcome.weights.add(sharding.read(StateKind.WEIGHT, parameter));
                outcome.gradients.add(sharding.read(StateKind.GRADIENT, parameter));
            }
            return outcome;
        }

        void assertIs(Expected right, ParameterValues before, int ranks) {
            TrainerSetup setup = right.setup;
            double mean = 1.0 / (ranks * setup.step().accumulation());
            assertThat(right.clipping() < 1).isEqualTo(setup.clipping().maxNorm() < 1);
            assertClose("scale", scaleAndNorm.getFloat(0), mean * right.clipping(), 0, 1e-6);
            assertClose("norm", scaleAndNorm.getFloat(4), right.gradients.norm(), 0, 1e-6);
            for (Parameter parameter : setup.layout().parameters()) {
                String name = parameter.name();
                int index = parameter.index();
                assertClose(name, masters.get(index), right.weights.of(parameter), 2e-6, 1e-6);
                assertClose("gradient of " + name, gradients.get(index), right.gradients.of(parameter), 0, 1e-6);
                float[] master = masters.get(index);
                for (int i = 0; i < master.length; i++) {
                    assertThat(weights.get(index)[i]).isEqualTo(Bf16.toFloat(Bf16.of(master[i])));
                }
            }
            for (KnownGradients.Seen each : seen) {
                for (Parameter parameter : each.module().parameters()) {
                    String what = parameter.name() + " in " + each.pass();
                    assertClose(what, each.of(parameter), before.of(parameter), 2e-6, 1 / 255.0);
                }
            }
            assertThat(counted(sent)).isEqualTo(planned(StepCollectives.of(setup.step(), ranks)));
        }

        private static void assertClose(String what, float[] found, double[] right, double absolute, double relative) {
            assertThat(found).as(what).hasSameSizeAs(right);
            for (int i = 0; i < found.length; i++) {
                assertClose(what + "[" + i + "]", found[i], right[i], absolute, relative);
            }
        }

        private static void assertClose(String what, float found, double right, double absolute, double relative) {
            if (!(Math.abs(found - right) <= absolute + relative * Math.abs(right))) {
                throw new AssertionError(what + " must be " + right + ", got " + found);
            }
        }

        /** Calls, bytes, bytes of the largest, by kind. */
        private static Map<Kind, List<Long>> counted(List<CountingCommunicator.Sent> sent) {
            Map<Kind, List<Long>> counted = new TreeMap<>();
            sent.stream().collect(groupingBy(CountingCommunicator.Sent::kind)).forEach((kind, calls) -> {
                long all = calls.stream()
                        .mapToLong(CountingCommunicator.Sent::bytes)
                        .sum();
                long most = calls.stream()
                        .mapToLong(CountingCommunicator.Sent::bytes)
                        .max()
                        .orElseThrow();
                counted.put(kind, List.of((long) calls.size(), all, most));
            });
            return counted;
        }

        private static Map<Kind, List<Long>> planned(List<Collective> collectives) {
            Map<Kind, List<Long>> planned = new TreeMap<>();
            collectives.stream().collect(groupingBy(Collective::kind)).forEach((kind, each) -> {
                long calls = each.stream().mapToLong(Collective::calls).sum();
                long all = each.stream().mapToLong(Collective::bytes).sum();
                long most = each.stream().mapToLong(Collective::largest).max().orElseThrow();
                planned.put(kind, List.of(calls, all, most));
            });
            return planned;
        }
    }
}
