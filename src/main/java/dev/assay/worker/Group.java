package dev.assay.worker;

import java.nio.ByteBuffer;
import java.util.List;

/** Consecutive ranks of the world that operate together; the first is the root. */
final class Group {
    private static final byte[] NOTHING = new byte[0];

    private final World world;
    private final int first;
    private final int size;

    Group(World world, int first, int size) {
        if (world.rank() < first || world.rank() >= first + size) {
            throw new IllegalArgumentException("group of ranks " + first + ".." + (first + size - 1)
                    + " must hold its own rank, got " + world.rank());
        }
        this.world = world;
        this.first = first;
        this.size = size;
    }

    /** Within the group, from 0. */
    int rank() {
        return world.rank() - first;
    }

    int size() {
        return size;
    }

    boolean isRoot() {
        return rank() == 0;
    }

    /** Everyone's part, by rank of the group. */
    List<byte[]> allGather(String name, byte[] mine) {
        return world.exchange("all-gather " + name, first, size, mine);
    }

    /** The root's bytes; what the others bring is ignored. */
    byte[] broadcast(String name, byte[] fromRoot) {
        return world.exchange("broadcast " + name, first, size, isRoot() ? fromRoot : NOTHING)
                .get(0);
    }

    /** The root's number. */
    long broadcast(String name, long fromRoot) {
        return ByteBuffer.wrap(
                        broadcast(name, ByteBuffer.allocate(8).putLong(fromRoot).array()))
                .getLong();
    }

    void barrier(String name) {
        world.exchange("barrier " + name, first, size, NOTHING);
    }
}
