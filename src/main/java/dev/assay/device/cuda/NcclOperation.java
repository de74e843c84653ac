package dev.assay.device.cuda;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.ElementType;
import dev.assay.workload.Reduction;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/**
 * NCCL's calls for a collective, all arguments computed beforehand: enqueuing one allocates nothing. What NCCL had no call for
 * before 2.28 (all-to-all, gather, scatter) is a group of sends and receives, as nccl-tests did it.
 */
final class NcclOperation {
    private NcclOperation() {}

    /** One rank's place in a communicator, and the stream it works on. */
    record Place(long comm, int rank, int ranks, long stream) {}

    /** @param share elements of one rank's part of the larger buffer */
    static IntSupplier of(
            Nccl nccl, Place place, CollectiveCase what, long elements, long share, long send, long receive) {
        int type = type(what.type());
        int op = op(what.reduction());
        long comm = place.comm();
        long stream = place.stream();
        int root = CollectiveOperation.ROOT;
        return switch (what.operation()) {
            case ALL_REDUCE -> () -> nccl.ncclAllReduce(send, receive, elements, type, op, comm, stream);
            case ALL_GATHER -> () -> nccl.ncclAllGather(send, receive, share, type, comm, stream);
            case REDUCE_SCATTER -> () -> nccl.ncclReduceScatter(send, receive, share, type, op, comm, stream);
            case BROADCAST -> () -> nccl.ncclBroadcast(send, receive, elements, type, root, comm, stream);
            case REDUCE -> () -> nccl.ncclReduce(send, receive, elements, type, op, root, comm, stream);
            case ALL_TO_ALL, SEND_RECEIVE, GATHER, SCATTER ->
                exchange(
                        nccl,
                        place,
                        type,
                        what.operation() == CollectiveOperation.SEND_RECEIVE ? elements : share,
                        Exchange.of(
                                what.operation(),
                                place,
                                send,
                                receive,
                                share * what.type().bytes()));
        };
    }

    private static IntSupplier exchange(Nccl nccl, Place place, int type, long count, Exchange exchange) {
        long comm = place.comm();
        long stream = place.stream();
        return () -> {
            int status = nccl.ncclGroupStart();
            for (int i = 0; status == Nccl.NCCL_SUCCESS && i < exchange.to.length; i++) {
                status = nccl.ncclSend(exchange.sendAt[i], count, type, exchange.to[i], comm, stream);
            }
            for (int i = 0; status == Nccl.NCCL_SUCCESS && i < exchange.from.length; i++) {
                status = nccl.ncclRecv(exchange.receiveAt[i], count, type, exchange.from[i], comm, stream);
            }
            int end = nccl.ncclGroupEnd();
            return status == Nccl.NCCL_SUCCESS ? end : status;
        };
    }

    /** Whom a rank sends to and receives from, and where each part lies. */
    private static final class Exchange {
        private final int[] to;
        private final long[] sendAt;
        private final int[] from;
        private final long[] receiveAt;

        private Exchange(int[] to, long[] sendAt, int[] from, long[] receiveAt) {
            this.to = to;
            this.sendAt = sendAt;
            this.from = from;
            this.receiveAt = receiveAt;
        }

        static Exchange of(CollectiveOperation operation, Place place, long send, long receive, long shareBytes) {
            int[] all = IntStream.range(0, place.ranks()).toArray();
            int[] root = {CollectiveOperation.ROOT};
            boolean isRoot = place.rank() == CollectiveOperation.ROOT;
            return switch (operation) {
                case ALL_TO_ALL -> of(all, send, shareBytes, all, receive, shareBytes);
                case GATHER -> of(root, send, 0, isRoot ? all : new int[0], receive, shareBytes);
                case SCATTER -> of(isRoot ? all : new int[0], send, shareBytes, root, receive, 0);
                case SEND_RECEIVE -> {
                    int[] next = {(place.rank() + 1) % place.ranks()};
                    int[] previous = {(place.rank() + place.ranks() - 1) % place.ranks()};
                    yield of(next, send, 0, previous, receive, 0);
                }
                case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE ->
                    throw new IllegalArgumentException(operation.key() + " is a call of NCCL's own");
            };
        }

        private static Exchange of(int[] to, long send, long sendStride, int[] from, long receive, long receiveStride) {
            return new Exchange(to, at(to, send, sendStride), from, at(from, receive, receiveStride));
        }

        /** A peer's part lies at its rank times the stride. */
        private static long[] at(int[] peers, long base, long stride) {
            long[] at = new long[peers.length];
            for (int i = 0; i < peers.length; i++) {
                at[i] = base + peers[i] * stride;
            }
            return at;
        }
    }

    private static int type(CollectiveType type) {
        return switch (type) {
            case FLOAT -> Nccl.NCCL_FLOAT32;
            case BFLOAT16 -> Nccl.NCCL_BFLOAT16;
            case HALF -> Nccl.NCCL_FLOAT16;
            case INT32 -> Nccl.NCCL_INT32;
        };
    }

    /** Of what training sends. */
    static int type(ElementType type) {
        return switch (type) {
            case BF16 -> Nccl.NCCL_BFLOAT16;
            case FP32 -> Nccl.NCCL_FLOAT32;
            case FP16, TF32, FP64, E4M3, E5M2, INT8, INT32 ->
                throw new IllegalArgumentException("training must send bf16 or fp32, got " + type);
        };
    }

    private static int op(Reduction reduction) {
        return switch (reduction) {
            case SUM -> Nccl.NCCL_SUM;
            case MAX -> Nccl.NCCL_MAX;
        };
    }
}
