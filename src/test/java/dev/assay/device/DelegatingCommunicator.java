package dev.assay.device;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.ElementType;
import java.util.Map;
import java.util.Optional;

/** Hands everything on; a test's communicator overrides what it does otherwise, or does something before each operation. */
public class DelegatingCommunicator implements Communicator {
    private final Communicator communicator;

    protected DelegatingCommunicator(Communicator communicator) {
        this.communicator = communicator;
    }

    /** Called before an operation is enqueued on the stream. */
    protected void before(Stream stream) {}

    @Override
    public int rank() {
        return communicator.rank();
    }

    @Override
    public int ranks() {
        return communicator.ranks();
    }

    @Override
    public void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream) {
        before(stream);
        communicator.allReduceSum(send, receive, elements, stream);
    }

    @Override
    public Runnable prepare(
            CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream) {
        Runnable once = communicator.prepare(what, elements, send, receive, stream);
        return () -> {
            before(stream);
            once.run();
        };
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        before(stream);
        communicator.allReduce(buffer, type, elements, stream);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        before(stream);
        communicator.reduce(buffer, type, elements, root, stream);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        before(stream);
        communicator.allGather(send, receive, type, share, stream);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        before(stream);
        communicator.reduceScatter(send, receive, type, share, stream);
    }

    @Override
    public void together(Runnable calls) {
        communicator.together(calls);
    }

    @Override
    public Map<String, String> report() {
        return communicator.report();
    }

    @Override
    public void checkHealthy() {
        communicator.checkHealthy();
    }

    @Override
    public Optional<String> trouble() {
        return communicator.trouble();
    }

    @Override
    public void abort() {
        communicator.abort();
    }

    @Override
    public void close() {
        communicator.close();
    }
}
