package dev.assay.device.cuda;

import dev.assay.device.Communicator;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.measurement.Library;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;

/**
 * A blocking NCCL communicator. Its calls may wait for ever when a peer is gone: the worker's watchdog ends the process then.
 * {@link #checkHealthy} tells early of what NCCL itself has noticed.
 */
final class NcclCommunicator implements Communicator {
    static final List<String> SONAMES = List.of("libnccl.so.2");

    /** An abort can hang as the collective did; the process ends soon after in any case. */
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(10);

    private final Nccl nccl;
    private final long comm;
    private final int rank;
    private final int ranks;
    private final Duration abortLimit;
    private final NcclLogFile log;
    /** Held while {@code comm} is read by a thread that is not the device's, and when it ends. */
    private final Object life = new Object();

    private boolean broken;
    private boolean closed;

    private NcclCommunicator(Nccl nccl, long comm, int rank, int ranks, Duration abortLimit, NcclLogFile log) {
        this.nccl = nccl;
        this.comm = comm;
        this.rank = rank;
        this.ranks = ranks;
        this.abortLimit = abortLimit;
        this.log = log;
    }

    /** What was mapped, with the version that it reports. */
    static Library library(List<String> directories) {
        LoadedLibrary found = find(directories);
        Nccl nccl = Nccl.bind(found);
        int[] version = new int[1];
        NcclStatus.check(nccl, nccl.ncclGetVersion(version), 0, "ncclGetVersion");
        return found.toLibrary("NCCL", NcclStatus.version(version[0]));
    }

    /** An id for one communicator; it opens a listening socket that the ranks meet at. */
    static byte[] newId(List<String> directories) {
        return newId(Nccl.bind(find(directories)));
    }

    static byte[] newId(Nccl nccl) {
        byte[] id = new byte[NcclId.NCCL_UNIQUE_ID_BYTES];
        NcclStatus.check(nccl, nccl.ncclGetUniqueId(id), 0, "ncclGetUniqueId");
        return id;
    }

    /** Joins on the GPU of this thread's current context; blocks until all ranks have joined. */
    static NcclCommunicator join(byte[] id, int rank, int ranks, List<String> directories) {
        return join(Nccl.bind(find(directories)), id, rank, ranks, ABORT_LIMIT);
    }

    static NcclCommunicator join(Nccl nccl, byte[] id, int rank, int ranks, Duration abortLimit) {
        if (ranks < 1 || rank < 0 || rank >= ranks) {
            throw new IllegalArgumentException("a rank must lie in 0..ranks-1, got rank " + rank + " of " + ranks);
        }
        NcclLogFile log = NcclLogFile.now();
        long[] comm = new long[1];
        int status = nccl.ncclCommInitRank(comm, ranks, NcclId.of(id), rank);
        NcclStatus.check(nccl, status, 0, "ncclCommInitRank of rank " + rank + " of " + ranks);
        return new NcclCommunicator(nccl, comm[0], rank, ranks, abortLimit, log);
    }

    private static LoadedLibrary find(List<String> directories) {
        return Libraries.find("NCCL", SONAMES, directories);
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int ranks() {
        return ranks;
    }

    @Override
    public void allReduceSum(DeviceMemory send, DeviceMemory receive, long elements, Stream stream) {
        checkFits(elements, send.bytes(), receive.bytes());
        checkOpen();
        check(
                nccl.ncclAllReduce(
                        ((CudaMemory) send).address(),
                        ((CudaMemory) receive).address(),
                        elements,
                        Nccl.NCCL_BFLOAT16,
                        Nccl.NCCL_SUM,
                        comm,
                        ((CudaStream) stream).handle()),
                "ncclAllReduce of " + elements + " bf16 elements");
    }

    @Override
    public Runnable prepare(
            CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream) {
        checkOpen();
        long share = elements / ranks;
        CudaMemory from =
                CudaDevice.holding(send, what.type().bytes() * what.operation().sendElements(elements, ranks));
        CudaMemory to = CudaDevice.holding(
                receive, what.type().bytes() * what.operation().receiveElements(elements, ranks));
        NcclOperation.Place place = new NcclOperation.Place(comm, rank, ranks, ((CudaStream) stream).handle());
        IntSupplier calls = NcclOperation.of(nccl, place, what, elements, share, from.address(), to.address());
        String name = what.name();
        return () -> {
            int status = calls.getAsInt();
            if (status != Nccl.NCCL_SUCCESS) {
                check(status, name);
            }
        };
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        checkOpen();
        long at = holding("all-reduce", buffer, type, elements);
        int dtype = NcclOperation.type(type);
        int status = nccl.ncclAllReduce(at, at, elements, dtype, Nccl.NCCL_SUM, comm, handle(stream));
        checkCall(status, "ncclAllReduce", type, elements);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        checkOpen();
        if (root < 0 || root >= ranks) {
            throw new IllegalArgumentException("the root of a reduce must be a rank below " + ranks + ", got " + root);
        }
        long at = holding("reduce", buffer, type, elements);
        int dtype = NcclOperation.type(type);
        int status = nccl.ncclReduce(at, at, elements, dtype, Nccl.NCCL_SUM, root, comm, handle(stream));
        checkCall(status, "ncclReduce", type, elements);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        checkOpen();
        long from = holding("all-gather", send, type, share);
        long to = holding("all-gather", receive, type, share * ranks);
        int status = nccl.ncclAllGather(from, to, share, NcclOperation.type(type), comm, handle(stream));
        checkCall(status, "ncclAllGather", type, share);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        checkOpen();
        long from = holding("reduce-scatter", send, type, share * ranks);
        long to = holding("reduce-scatter", receive, type, share);
        int dtype = NcclOperation.type(type);
        int status = nccl.ncclReduceScatter(from, to, share, dtype, Nccl.NCCL_SUM, comm, handle(stream));
        checkCall(status, "ncclReduceScatter", type, share);
    }

    /** The group is ended in any case, or NCCL would keep all later calls of this thread back. */
    @Override
    public void together(Runnable calls) {
        checkOpen();
        check(nccl.ncclGroupStart(), "ncclGroupStart");
        int end;
        try {
            calls.run();
        } finally {
            end = nccl.ncclGroupEnd();
        }
        check(end, "ncclGroupEnd");
    }

    private long holding(String call, DeviceMemory memory, ElementType type, long elements) {
        if (elements < 1 || elements > memory.bytes() / type.bytes()) {
            throw new IllegalArgumentException("the " + call + " on " + name() + " must fit its buffers, got "
                    + elements + " elements of " + type + " and " + memory.bytes() + " bytes");
        }
        return ((Addressed) memory).address();
    }

    private static long handle(Stream stream) {
        return ((Handled) stream).handle();
    }

    /** Words are made of a failure only: these calls are many. */
    private void checkCall(int status, String call, ElementType type, long elements) {
        if (status != Nccl.NCCL_SUCCESS) {
            check(status, call + " of " + elements + " elements of " + type);
        }
    }

    @Override
    public Map<String, String> report() {
        return log.report();
    }

    @Override
    public void checkHealthy() {
        checkOpen();
        int[] error = new int[1];
        check(nccl.ncclCommGetAsyncError(comm, error), "ncclCommGetAsyncError");
        if (error[0] != Nccl.NCCL_IN_PROGRESS) {
            check(error[0], "a collective in flight");
        }
    }

    /** NCCL's word on a communicator may be read beside its other calls; only not when it is gone. */
    @Override
    public Optional<String> trouble() {
        synchronized (life) {
            if (closed) {
                return Optional.empty();
            }
            int[] error = new int[1];
            int asked = nccl.ncclCommGetAsyncError(comm, error);
            int status = asked == Nccl.NCCL_SUCCESS ? error[0] : asked;
            return status == Nccl.NCCL_SUCCESS || status == Nccl.NCCL_IN_PROGRESS
                    ? Optional.empty()
                    : Optional.of(NcclStatus.words(nccl, status, comm, "a collective in flight on " + name()));
        }
    }

    /**
     * To be called when the streams that carried collectives are done. A communicator that has failed is aborted in a thread
     * of its own, which is left behind if it does not come back in time.
     */
    @Override
    public void close() {
        if (ends()) {
            if (broken) {
                giveUp();
            } else {
                check(nccl.ncclCommDestroy(comm), "ncclCommDestroy");
            }
        }
    }

    @Override
    public void abort() {
        if (ends()) {
            giveUp();
        }
    }

    /** Whether it was open until now. NCCL's own end comes behind: it may hang, and nobody must wait for it here. */
    private boolean ends() {
        synchronized (life) {
            boolean open = !closed;
            closed = true;
            return open;
        }
    }

    private void giveUp() {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Thread thread = new Thread(() -> status.complete(nccl.ncclCommAbort(comm)), "nccl-abort");
        thread.setDaemon(true);
        thread.start();
        try {
            int answer = status.get(abortLimit.toMillis(), TimeUnit.MILLISECONDS);
            NcclStatus.check(nccl, answer, 0, "ncclCommAbort on " + name());
        } catch (TimeoutException e) {
            throw new DeviceException(
                    "ncclCommAbort on " + name() + " did not come back within " + abortLimit.toMillis()
                            + " ms; end the process",
                    e);
        } catch (ExecutionException e) {
            throw new DeviceException("ncclCommAbort on " + name() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException("interrupted while aborting " + name(), e);
        }
    }

    private void check(int status, String call) {
        if (status != Nccl.NCCL_SUCCESS) {
            broken = true;
        }
        NcclStatus.check(nccl, status, comm, call + " on " + name());
    }

    void checkFits(long elements, long sendBytes, long receiveBytes) {
        if (elements < 1 || elements > Math.min(sendBytes, receiveBytes) / Short.BYTES) {
            throw new IllegalArgumentException("an all-reduce on " + name() + " must fit its buffers, got " + elements
                    + " bf16 elements, send " + sendBytes + " bytes, receive " + receiveBytes + " bytes");
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(name() + " must be open, is closed");
        }
    }

    private String name() {
        return "rank " + rank + " of " + ranks;
    }
}
