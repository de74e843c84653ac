package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.Stream;
import dev.assay.training.ZeroSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * ZeRO 0 to 3 over several ranks, as {@link ZeroSchedule} says: DeepSpeed's way or the ideal one. On one rank nothing is cut
 * and nothing travels.
 */
public final class ZeroFactory implements ShardingFactory {
    private final int ranks;
    private final boolean shards;
    private final Function<String, Communicator> join;

    /**
     * @param join all ranks into a communicator of its own for a purpose; {@link #open} calls it, on all ranks in the same order,
     *     and what it gives is closed with the sharding
     */
    public ZeroFactory(int ranks, Function<String, Communicator> join) {
        this(ranks, ranks > 1, join);
    }

    private ZeroFactory(int ranks, boolean shards, Function<String, Communicator> join) {
        if (ranks < 1) {
            throw new IllegalArgumentException("ZeRO must have ranks >= 1, got " + ranks);
        }
        this.ranks = ranks;
        this.shards = shards;
        this.join = join;
    }

    /** All of ZeRO's ways with one rank, which sends to itself: what one GPU can show of them. */
    static ZeroFactory alone(Function<String, Communicator> join) {
        return new ZeroFactory(1, true, join);
    }

    @Override
    public void plan(TrainerSetup setup, AllocationPlan plan) {
        if (shards) {
            ZeroMemory.plan(setup, ZeroSchedule.of(setup.step(), ranks), plan);
        } else {
            new Unsharded().plan(setup, plan);
        }
    }

    /** Where nobody asks what its time goes into. */
    @Override
    public Sharding open(TrainerSetup setup, Device device, Arena memory, Stream compute) {
        return open(setup, device, memory, compute, new StepClock(device, compute));
    }

    @Override
    public Sharding open(TrainerSetup setup, Device device, Arena memory, Stream compute, StepClock clock) {
        if (!shards) {
            return new Unsharded().open(setup, device, memory, compute);
        }
        ZeroSchedule schedule = ZeroSchedule.of(setup.step(), ranks);
        Handles handles = new Handles();
        List<Communicator> joined = new ArrayList<>();
        try {
            Lane gradients = lane(
                    "gradients",
                    schedule.overlaps() ? Optional.of(device) : Optional.empty(),
                    compute,
                    joined,
                    handles);
            Lane weights = schedule.sendsWeightsBesideGradients()
                    ? lane("weights", Optional.of(device), compute, joined, handles)
                    : gradients;
            expect(clock, setup, schedule, gradients.own(), schedule.sendsWeightsBesideGradients());
            return new ZeroSharding(new Zero(
                    setup,
                    schedule,
                    device,
                    device.trainingKernels(),
                    memory,
                    compute,
                    clock,
                    gradients,
                    weights,
                    handles));
        } catch (RuntimeException e) {
            giveUp(joined, handles, e);
            throw e;
        }
    }

    /**
     * A communicator costs memory, so there is a second one only where weights travel while gradients do. It ends before its
     * stream does.
     *
     * @param beside whose stream it has, where it has its own
     */
    private Lane lane(
            String purpose, Optional<Device> beside, Stream compute, List<Communicator> joined, Handles handles) {
        Stream stream = beside.map(device -> handles.own(device.newStream())).orElse(compute);
        Communicator communicator = handles.own(join.apply(purpose));
        joined.add(communicator);
        return new Lane(stream, communicator, beside.isPresent());
    }

    private static void giveUp(List<Communicator> joined, Handles handles, RuntimeException reason) {
        for (Communicator communicator : joined) {
            try {
                communicator.abort();
            } catch (RuntimeException e) {
                reason.addSuppressed(e);
            }
        }
        handles.closeBecauseOf(reason);
    }

    /**
     * Two marks a wait: before each module's weights in both passes and before what is gathered a third time, before its
     * gradients, and three in the update.
     */
    private static void expect(
            StepClock clock, TrainerSetup setup, ZeroSchedule schedule, boolean gradientsApart, boolean weightsApart) {
        int accumulation = setup.step().accumulation();
        int modules = schedule.tensors().modules();
        int gathers = schedule.gathers().size();
        int reductions = schedule.buckets().stream()
                .mapToInt(bucket -> bucket.calls().size())
                .sum();
        int operations = accumulation * gathers
                + (schedule.everyMicroBatch() ? accumulation : 1) * reductions
                + schedule.gathersAfterUpdate().size()
                + 1;
        int third = weightsApart ? schedule.gathersBehindRecomputation().size() : 0;
        int waits = accumulation * (modules * ((weightsApart ? 2 : 0) + (gradientsApart ? 1 : 0)) + third) + 3;
        boolean inline = !gradientsApart || !weightsApart;
        clock.expect(2 * (waits + (inline ? operations : 0)), operations);
    }
}
