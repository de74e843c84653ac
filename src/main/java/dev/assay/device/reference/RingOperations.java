package dev.assay.device.reference;

import dev.assay.workload.CollectiveCase;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The collectives over a ring of neighbours, as plain as they can be: every byte travels from rank to rank, every sum is
 * rounded to the type at every hop.
 */
final class RingOperations {
    private final Ring ring;
    private final int root;

    RingOperations(Ring ring, int root) {
        this.ring = ring;
        this.root = root;
    }

    /** Bytes to the next rank while others arrive from the previous one; either may have none. */
    interface Ring {
        int rank();

        int ranks();

        void exchange(ByteBuffer out, ByteBuffer in) throws IOException;
    }

    /** @param elements of the larger buffer */
    void run(CollectiveCase what, long elements, ByteBuffer send, ByteBuffer receive) throws IOException {
        int width = what.type().bytes();
        int bytes = Math.toIntExact(elements * width);
        int share = bytes / ring.ranks();
        switch (what.operation()) {
            case ALL_REDUCE -> allReduce(what, copy(send, bytes), receive, width);
            case REDUCE_SCATTER -> {
                ByteBuffer work = copy(send, bytes);
                reduceScatter(what, work, width, -1);
                put(receive, 0, part(work, ring.rank() * share, share));
            }
            case ALL_GATHER -> put(receive, 0, allGather(copy(send, share), share));
            case BROADCAST -> put(receive, 0, broadcast(copy(send, bytes), bytes));
            case REDUCE -> reduce(what, copy(send, bytes), receive);
            case ALL_TO_ALL -> {
                ByteBuffer everyones = allGather(copy(send, bytes), bytes);
                for (int source = 0; source < ring.ranks(); source++) {
                    put(receive, source * share, part(everyones, source * bytes + ring.rank() * share, share));
                }
            }
            case SEND_RECEIVE -> {
                ByteBuffer in = ByteBuffer.allocate(bytes);
                ring.exchange(copy(send, bytes), in);
                put(receive, 0, in);
            }
            case GATHER -> {
                ByteBuffer everyones = allGather(copy(send, share), share);
                if (isRoot()) {
                    put(receive, 0, everyones);
                }
            }
            case SCATTER -> put(receive, 0, part(broadcast(copy(send, bytes), bytes), ring.rank() * share, share));
        }
    }

    private void allReduce(CollectiveCase what, ByteBuffer work, ByteBuffer receive, int width) throws IOException {
        reduceScatter(what, work, width, 0);
        int rank = ring.rank();
        for (int step = 0; step < ring.ranks() - 1; step++) {
            ring.exchange(chunk(work, rank + 1 - step, width), chunk(work, rank - step, width));
        }
        put(receive, 0, work);
    }

    /** Leaves chunk rank + 1 + shift reduced, in place. */
    private void reduceScatter(CollectiveCase what, ByteBuffer work, int width, int shift) throws IOException {
        int first = ring.rank() + shift;
        for (int step = 0; step < ring.ranks() - 1; step++) {
            ByteBuffer mine = chunk(work, first - step - 1, width);
            ByteBuffer in = ByteBuffer.allocate(mine.remaining());
            ring.exchange(chunk(work, first - step, width), in);
            Elements.reduce(what.type(), what.reduction(), mine, in);
        }
    }

    /** Everyone's part, by rank. */
    private ByteBuffer allGather(ByteBuffer mine, int bytes) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(Math.multiplyExact(bytes, ring.ranks()));
        put(all, ring.rank() * bytes, mine);
        for (int step = 0; step < ring.ranks() - 1; step++) {
            int out = Math.floorMod(ring.rank() - step, ring.ranks());
            int in = Math.floorMod(ring.rank() - step - 1, ring.ranks());
            ring.exchange(part(all, out * bytes, bytes), part(all, in * bytes, bytes));
        }
        return all;
    }

    private ByteBuffer broadcast(ByteBuffer mine, int bytes) throws IOException {
        if (!isRoot()) {
            ring.exchange(part(mine, 0, 0), part(mine, 0, bytes));
        }
        if (!isLast()) {
            ring.exchange(part(mine, 0, bytes), part(mine, 0, 0));
        }
        return mine;
    }

    /** From the rank behind the root round the ring to the root. */
    private void reduce(CollectiveCase what, ByteBuffer work, ByteBuffer receive) throws IOException {
        int begins = (root + 1) % ring.ranks();
        if (ring.rank() != begins) {
            ByteBuffer in = ByteBuffer.allocate(work.remaining());
            ring.exchange(part(work, 0, 0), in);
            Elements.reduce(what.type(), what.reduction(), part(work, 0, work.remaining()), in);
        }
        if (isRoot()) {
            put(receive, 0, work);
        } else {
            ring.exchange(part(work, 0, work.remaining()), part(work, 0, 0));
        }
    }

    private boolean isRoot() {
        return ring.rank() == root;
    }

    private boolean isLast() {
        return (ring.rank() + 1) % ring.ranks() == root;
    }

    /** One of as many chunks as ranks, of whole elements. */
    private ByteBuffer chunk(ByteBuffer work, int number, int width) {
        long elements = work.capacity() / width;
        int chunk = Math.floorMod(number, ring.ranks());
        int start = (int) (elements * chunk / ring.ranks()) * width;
        int end = (int) (elements * (chunk + 1) / ring.ranks()) * width;
        return part(work, start, end - start);
    }

    private static ByteBuffer copy(ByteBuffer from, int bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes);
        put(copy, 0, part(from, 0, bytes));
        return copy;
    }

    private static ByteBuffer part(ByteBuffer of, int at, int bytes) {
        return of.slice(at, bytes);
    }

    private static void put(ByteBuffer to, int at, ByteBuffer from) {
        to.slice(at, from.capacity()).put(from.slice(0, from.capacity()));
    }
}
