package dev.assay.device.reference;

import dev.assay.device.Bf16;
import dev.assay.device.Communicator;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.ElementType;
import dev.assay.workload.Reduction;
import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Collectives by a ring over loopback TCP, each rank talking to its two neighbours: an all-reduce is n − 1 steps of
 * reduce-scatter and n − 1 of all-gather. Sums are rounded to bf16 at every hop, as a GPU's are; Assay's gradients stay exact under it.
 */
final class RingCommunicator implements Communicator, RingOperations.Ring {
    /**
     * A piece is sent, then one is received. Each rank is at most one piece ahead of what it has received, so no cycle of full
     * socket buffers can form as long as one piece fits into a buffer.
     */
    private static final int PIECE_BYTES = 16 << 10;

    private final int rank;
    private final int ranks;
    private final List<Socket> sockets;
    private volatile Optional<DeviceException> failure = Optional.empty();

    private RingCommunicator(int rank, int ranks, List<Socket> sockets) {
        this.rank = rank;
        this.ranks = ranks;
        this.sockets = sockets;
    }

    static RingCommunicator alone() {
        return new RingCommunicator(0, 1, List.of());
    }

    /** Rank 0 brings the registry that its id names. */
    static RingCommunicator join(RingId id, int rank, int ranks, Optional<ServerSocket> registry) {
        try (ServerSocket own = RingMeeting.listen()) {
            int[] ports = registry.isPresent()
                    ? RingMeeting.register(registry.get(), id, ranks, own.getLocalPort())
                    : RingMeeting.registerAt(id, rank, ranks, own.getLocalPort());
            RingMeeting.Neighbours neighbours = RingMeeting.connect(own, id, rank, ports);
            return new RingCommunicator(rank, ranks, List.of(neighbours.previous(), neighbours.next()));
        } catch (IOException e) {
            throw new DeviceException("rank " + rank + " of " + ranks + " joining a ring on 127.0.0.1: " + e, e);
        }
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
        HostMemory from = HostMemory.of(send);
        HostMemory to = HostMemory.of(receive);
        from.requireElements("send buffer of the all-reduce", elements);
        to.requireElements("receive buffer of the all-reduce", elements);
        SerialStream.of(stream).enqueue(() -> reduce(from, to, elements));
    }

    @Override
    public Runnable prepare(
            CollectiveCase what, long elements, DeviceMemory send, DeviceMemory receive, Stream stream) {
        int width = what.type().bytes();
        ByteBuffer from = HostMemory.of(send).buffer(width * what.operation().sendElements(elements, ranks));
        ByteBuffer to = HostMemory.of(receive).buffer(width * what.operation().receiveElements(elements, ranks));
        RingOperations operations = new RingOperations(this, CollectiveOperation.ROOT);
        SerialStream on = SerialStream.of(stream);
        return () -> on.enqueue(() -> {
            try {
                operations.run(what, elements, from, to);
            } catch (IOException e) {
                throw failed(what.name(), e);
            }
        });
    }

    @Override
    public void allReduce(DeviceMemory buffer, ElementType type, long elements, Stream stream) {
        enqueue(CollectiveOperation.ALL_REDUCE, type, elements, 0, buffer, buffer, stream);
    }

    @Override
    public void reduce(DeviceMemory buffer, ElementType type, long elements, int root, Stream stream) {
        if (root < 0 || root >= ranks) {
            throw new IllegalArgumentException("the root of a reduce must be a rank below " + ranks + ", got " + root);
        }
        enqueue(CollectiveOperation.REDUCE, type, elements, root, buffer, buffer, stream);
    }

    @Override
    public void allGather(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        enqueue(CollectiveOperation.ALL_GATHER, type, share * ranks, 0, send, receive, stream);
    }

    @Override
    public void reduceScatter(DeviceMemory send, DeviceMemory receive, ElementType type, long share, Stream stream) {
        enqueue(CollectiveOperation.REDUCE_SCATTER, type, share * ranks, 0, send, receive, stream);
    }

    /** In their order, as on any stream. */
    @Override
    public void together(Runnable calls) {
        calls.run();
    }

    private void enqueue(
            CollectiveOperation operation,
            ElementType type,
            long elements,
            int root,
            DeviceMemory send,
            DeviceMemory receive,
            Stream stream) {
        CollectiveType of = type(type);
        long bytes = elements * of.bytes();
        CollectiveCase what =
                new CollectiveCase(operation, Math.max(4, bytes), of, Reduction.SUM, false, false, 1, 1, 1);
        ByteBuffer from = HostMemory.of(send).buffer(of.bytes() * operation.sendElements(elements, ranks));
        ByteBuffer to = HostMemory.of(receive).buffer(of.bytes() * operation.receiveElements(elements, ranks));
        RingOperations operations = new RingOperations(this, root);
        SerialStream.of(stream).enqueue(() -> {
            try {
                operations.run(what, elements, from, to);
            } catch (IOException e) {
                throw failed(operation.key() + " of " + elements + " elements of " + type, e);
            }
        });
    }

    private static CollectiveType type(ElementType type) {
        return switch (type) {
            case BF16 -> CollectiveType.BFLOAT16;
            case FP32 -> CollectiveType.FLOAT;
            case FP16, TF32, FP64, E4M3, E5M2, INT8, INT32 ->
                throw new IllegalArgumentException("training must send bf16 or fp32, got " + type);
        };
    }

    /** A piece goes out, then one comes in: no cycle of full socket buffers can form. */
    @Override
    public void exchange(ByteBuffer out, ByteBuffer in) throws IOException {
        if (ranks == 1) {
            in.put(out).rewind();
            return;
        }
        byte[] piece = new byte[PIECE_BYTES];
        while (out.hasRemaining() || in.hasRemaining()) {
            int sent = Math.min(PIECE_BYTES, out.remaining());
            if (sent > 0) {
                out.get(piece, 0, sent);
                sockets.get(1).getOutputStream().write(piece, 0, sent);
            }
            int received = Math.min(PIECE_BYTES, in.remaining());
            if (received > 0) {
                receive(piece, received);
                in.put(piece, 0, received);
            }
        }
        in.rewind();
    }

    @Override
    public Map<String, String> report() {
        return Map.of("transport", "loopback");
    }

    @Override
    public void checkHealthy() {
        failure.ifPresent(error -> {
            throw error;
        });
    }

    @Override
    public Optional<String> trouble() {
        return failure.map(error -> String.valueOf(error.getMessage()));
    }

    /** Whoever reads a closed socket fails at once. */
    @Override
    public void abort() {
        close();
    }

    @Override
    public void close() {
        RingMeeting.closeAll(sockets);
    }

    private void reduce(HostMemory send, HostMemory receive, long elements) {
        for (long i = 0; i < elements; i++) {
            receive.bits(i, send.bits(i));
        }
        try {
            for (int step = 0; step < ranks - 1; step++) {
                exchange(receive, elements, rank - step, rank - step - 1, true);
            }
            for (int step = 0; step < ranks - 1; step++) {
                exchange(receive, elements, rank + 1 - step, rank - step, false);
            }
        } catch (IOException e) {
            throw failed("all-reduce", e);
        }
    }

    /** Sends one chunk to the next rank while the chunk before it arrives from the previous one. */
    private void exchange(HostMemory memory, long elements, int sendChunk, int receiveChunk, boolean add)
            throws IOException {
        long sendAt = start(elements, Math.floorMod(sendChunk, ranks));
        long sendEnd = start(elements, Math.floorMod(sendChunk, ranks) + 1);
        long receiveAt = start(elements, Math.floorMod(receiveChunk, ranks));
        long receiveEnd = start(elements, Math.floorMod(receiveChunk, ranks) + 1);
        byte[] piece = new byte[PIECE_BYTES];
        while (sendAt < sendEnd || receiveAt < receiveEnd) {
            int out = (int) Math.min(PIECE_BYTES / 2, sendEnd - sendAt);
            memory.copyTo(piece, 2 * sendAt, 2 * out);
            sockets.get(1).getOutputStream().write(piece, 0, 2 * out);
            sendAt += out;
            int in = (int) Math.min(PIECE_BYTES / 2, receiveEnd - receiveAt);
            receive(piece, 2 * in);
            store(memory, receiveAt, piece, in, add);
            receiveAt += in;
        }
    }

    private void receive(byte[] piece, int bytes) throws IOException {
        if (sockets.get(0).getInputStream().readNBytes(piece, 0, bytes) < bytes) {
            throw new EOFException("the previous rank has closed its socket");
        }
    }

    private static void store(HostMemory memory, long at, byte[] piece, int elements, boolean add) {
        for (int i = 0; i < elements; i++) {
            short bits = (short) ((piece[2 * i] & 0xFF) | (piece[2 * i + 1] << 8));
            memory.bits(at + i, add ? Bf16.of(memory.get(at + i) + Bf16.toFloat(bits)) : bits);
        }
    }

    /** First element of a chunk, 0 ≤ chunk ≤ ranks. */
    private long start(long elements, int chunk) {
        return elements * chunk / ranks;
    }

    private DeviceException failed(String operation, IOException cause) {
        String what = cause instanceof SocketTimeoutException ? "its deadline passed" : cause.toString();
        DeviceException error = new DeviceException(
                operation + " of rank " + rank + " of " + ranks + " on the reference ring: " + what
                        + "; look at the log of rank " + Math.floorMod(rank - 1, ranks) + " of the communicator",
                cause);
        failure = Optional.of(error);
        return error;
    }
}
