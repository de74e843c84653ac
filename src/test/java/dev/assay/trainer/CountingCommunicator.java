package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.DelegatingCommunicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.training.Collective.Kind;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.List;

/** Writes down what is enqueued, as an operation each; what goes together is one. */
final class CountingCommunicator extends DelegatingCommunicator {
    /** @param bytes of the larger buffer */
    record Sent(Kind kind, long bytes) {}

    private final List<Sent> sent;

    CountingCommunicator(Communicator communicator, List<Sent> sent) {
        super(communicator);
        this.sent = sent;
    }

    @Override
    public void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream) {
        throw new UnsupportedOperationException("not of training");
    }

    @Override
    public Runnable prepare(
            CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream) {
        throw new UnsupportedOperationException("not of training");
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        sent.add(new Sent(Kind.ALL_REDUCE, elements * type.bytes()));
        super.allReduce(buffer, type, elements, stream);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        sent.add(new Sent(Kind.REDUCE, elements * type.bytes()));
        super.reduce(buffer, type, elements, root, stream);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        sent.add(new Sent(Kind.ALL_GATHER, share * ranks() * type.bytes()));
        super.allGather(send, receive, type, share, stream);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        sent.add(new Sent(Kind.REDUCE_SCATTER, share * ranks() * type.bytes()));
        super.reduceScatter(send, receive, type, share, stream);
    }

    @Override
    public void together(Runnable calls) {
        List<Sent> before = new ArrayList<>(sent);
        super.together(calls);
        List<Sent> within = new ArrayList<>(sent.subList(before.size(), sent.size()));
        sent.subList(before.size(), sent.size()).clear();
        if (within.stream().map(Sent::kind).distinct().count() != 1) {
            throw new IllegalStateException("one operation must be of one kind, got " + within);
        }
        sent.add(new Sent(
                within.get(0).kind(), within.stream().mapToLong(Sent::bytes).sum()));
    }
}
