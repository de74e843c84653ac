package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The calls that {@link Sharding} promises its implementations. */
class ShardingOrderTest {
    private final List<String> calls = new ArrayList<>();

    @Test
    void aHeadOfItsOwn() {
        assertThat(callsOf(Small.of(Small.ODD_LLAMA, 5, 1).recomputing()))
                .containsExactly(
                        "initialise",
                        "begin 1",
                        "get 0 FORWARD, release 0 FORWARD, get 1 FORWARD, release 1 FORWARD",
                        "get 2 FORWARD, release 2 FORWARD, get 3 FORWARD, release 3 FORWARD",
                        "get 4 FORWARD, release 4 FORWARD",
                        "get 4 BACKWARD, gradients 4, complete 4, release 4 BACKWARD",
                        "get 3 BACKWARD, recomputed 3, gradients 3, complete 3, release 3 BACKWARD",
                        "get 2 BACKWARD, recomputed 2, gradients 2, complete 2, release 2 BACKWARD",
                        "get 1 BACKWARD, recomputed 1, gradients 1, complete 1, release 1 BACKWARD",
                        "get 0 BACKWARD, release 0 BACKWARD, gradients 0, complete 0",
                        "end",
                        "update 1");
    }

    @Test
    void aTiedHeadInTwoMicroBatches() {
        String microBatch = "get 0 FORWARD, release 0 FORWARD, get 1 FORWARD, release 1 FORWARD, "
                + "get 2 FORWARD, release 2 FORWARD, "
                + "get 2 BACKWARD, gradients 2, get 0 BACKWARD, gradients 0, release 0 BACKWARD, "
                + "complete 2, release 2 BACKWARD, "
                + "get 1 BACKWARD, gradients 1, complete 1, release 1 BACKWARD, gradients 0, complete 0, end";

        assertThat(String.join(", ", callsOf(Small.of(Small.ODD_GPT, 5, 1).accumulating(2))))
                .isEqualTo("initialise, begin 1, " + microBatch + ", begin 2, " + microBatch + ", update 1");
    }

    private List<String> callsOf(Small small) {
        try (Device device = new ReferenceDevice("n0", 0);
                Trainer trainer = TrainerPlan.of(small.setup(1), new Recorded()).prepare(device)) {
            trainer.step(small.batches(1, 0)).await(Duration.ofMinutes(1));
        }
        return small.accumulation() > 1 ? calls : lines();
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>(calls.subList(0, 2));
        int from = 2;
        for (int size : new int[] {4, 4, 2, 4, 5, 5, 5, 4, 1, 1}) {
            lines.add(String.join(", ", calls.subList(from, from + size)));
            from += size;
        }
        assertThat(from).as("calls").isEqualTo(calls.size());
        return lines;
    }

    private final class Recorded implements ShardingFactory {
        private final Unsharded unsharded = new Unsharded();

        @Override
        public void plan(TrainerSetup setup, AllocationPlan plan) {
            unsharded.plan(setup, plan);
        }

        @Override
        public Sharding open(TrainerSetup setup, Device device, Arena memory, Stream compute) {
            return new Recording(unsharded.open(setup, device, memory, compute));
        }
    }

    private final class Recording implements Sharding {
        private final Sharding states;

        Recording(Sharding states) {
            this.states = states;
        }

        @Override
        public int ranks() {
            return states.ranks();
        }

        @Override
        public void initialise() {
            calls.add("initialise");
            states.initialise();
        }

        @Override
        public void beginMicroBatch(int number) {
            calls.add("begin " + number);
            states.beginMicroBatch(number);
        }

        @Override
        public DeviceMemory weights(ModelModule module, Pass pass) {
            calls.add("get " + module.index() + " " + pass);
            return states.weights(module, pass);
        }

        @Override
        public void release(ModelModule module, Pass pass) {
            calls.add("release " + module.index() + " " + pass);
            states.release(module, pass);
        }

        @Override
        public Arrival recomputed(ModelModule module) {
            calls.add("recomputed " + module.index());
            return states.recomputed(module);
        }

        @Override
        public DeviceMemory gradients(ModelModule module) {
            calls.add("gradients " + module.index());
            return states.gradients(module);
        }

        @Override
        public void gradientsComplete(ModelModule module) {
            calls.add("complete " + module.index());
            states.gradientsComplete(module);
        }

        @Override
        public void endMicroBatch() {
            calls.add("end");
            states.endMicroBatch();
        }

        @Override
        public void update(int step) {
            calls.add("update " + step);
            states.update(step);
        }

        @Override
        public DeviceMemory scaleAndNorm() {
            return states.scaleAndNorm();
        }

        @Override
        public void checkHealthy() {
            states.checkHealthy();
        }

        @Override
        public void beginReading() {
            states.beginReading();
        }

        @Override
        public List<Traffic> rehearse(long seed, Duration deadline) {
            return states.rehearse(seed, deadline);
        }

        @Override
        public double ownSquares() {
            return states.ownSquares();
        }

        @Override
        public List<OwnPiece> own(Parameter parameter) {
            return states.own(parameter);
        }

        @Override
        public void abort() {
            states.abort();
        }

        @Override
        public float[] read(StateKind kind, Parameter parameter) {
            return states.read(kind, parameter);
        }

        @Override
        public void close() {
            states.close();
        }
    }
}
