package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.training.Collective.Kind;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.ElementType;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A lane's communicator as one purpose uses it: a step's clock times and counts each operation, and leaves it out of silent steps. */
final class TimedCommunicator implements Communicator {
    private final Lane lane;
    private final Purpose purpose;
    private final StepClock clock;
    private final Map<Kind, Long> group = new EnumMap<>(Kind.class);
    private boolean together;

    TimedCommunicator(Lane lane, Purpose purpose, StepClock clock) {
        this.lane = lane;
        this.purpose = purpose;
        this.clock = clock;
    }

    @Override
    public int rank() {
        return lane.communicator().rank();
    }

    @Override
    public int ranks() {
        return lane.communicator().ranks();
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        send(Kind.ALL_REDUCE, elements, type, () -> lane.communicator().allReduce(buffer, type, elements, stream));
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        send(Kind.REDUCE, elements, type, () -> lane.communicator().reduce(buffer, type, elements, root, stream));
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        send(
                Kind.ALL_GATHER,
                share * ranks(),
                type,
                () -> lane.communicator().allGather(send, receive, type, share, stream));
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        send(
                Kind.REDUCE_SCATTER,
                share * ranks(),
                type,
                () -> lane.communicator().reduceScatter(send, receive, type, share, stream));
    }

    private void send(Kind kind, long elements, ElementType type, Runnable call) {
        long bytes = elements * type.bytes();
        if (together) {
            group.merge(kind, bytes, Long::sum);
            call.run();
        } else {
            clock.operation(lane.stream(), () -> {
                call.run();
                return new Sent(kind, purpose, bytes);
            });
        }
    }

    @Override
    public void together(Runnable calls) {
        clock.operation(lane.stream(), () -> {
            group.clear();
            together = true;
            try {
                lane.communicator().together(calls);
            } finally {
                together = false;
            }
            return ofGroup();
        });
    }

    private Sent ofGroup() {
        if (group.size() != 1) {
            throw new IllegalStateException("training sends " + purpose.words()
                    + " as one operation: it must be of one kind, got " + group.keySet());
        }
        Map.Entry<Kind, Long> all = group.entrySet().iterator().next();
        return new Sent(all.getKey(), purpose, all.getValue());
    }

    @Override
    public void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream) {
        throw new UnsupportedOperationException("training sums in place");
    }

    @Override
    public Runnable prepare(
            CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream) {
        throw new UnsupportedOperationException("training enqueues its collectives one by one");
    }

    @Override
    public Map<String, String> report() {
        return lane.communicator().report();
    }

    @Override
    public void checkHealthy() {
        lane.communicator().checkHealthy();
    }

    @Override
    public Optional<String> trouble() {
        return lane.communicator().trouble();
    }

    @Override
    public void abort() {
        lane.communicator().abort();
    }

    /** Nothing: the lane closes what is behind it. */
    @Override
    public void close() {}
}
