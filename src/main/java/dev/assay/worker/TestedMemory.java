package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Nearly all of a device's memory, as allocations one after the other: one alone may fail where the free memory has gaps. */
final class TestedMemory {
    /** Smaller pieces are not worth their launches; a multiple of every driver's page. */
    private static final long LEAST_CHUNK_BYTES = 2 << 20;

    /** @param firstWord its place in the whole, in 64-bit words */
    record Chunk(DeviceMemory memory, long firstWord) {}

    private final List<Chunk> chunks;

    private TestedMemory(List<Chunk> chunks) {
        this.chunks = List.copyOf(chunks);
    }

    /**
     * Takes {@code goalBytes}, or as much of it as there is: halves the chunks where the device refuses, and gives up at 2 MiB.
     *
     * @throws WorkerException where not even one chunk could be had
     */
    static TestedMemory take(Device device, Owned owned, long goalBytes, long chunkBytes) {
        List<Chunk> chunks = new ArrayList<>();
        long taken = 0;
        long size = Math.min(chunkBytes, goalBytes);
        String refusal = "";
        while (size > 0 && taken < goalBytes) {
            try {
                DeviceMemory memory = owned.own(device.allocate(size));
                chunks.add(new Chunk(memory, taken / Long.BYTES));
                taken += size;
                size = Math.min(size, goalBytes - taken);
            } catch (DeviceException e) {
                refusal = String.valueOf(e.getMessage());
                size = smaller(size).orElse(0L);
            }
        }
        if (chunks.isEmpty()) {
            throw new WorkerException(
                    "taking " + goalBytes + " bytes to test: not even one chunk could be had; " + refusal);
        }
        return new TestedMemory(chunks);
    }

    private static Optional<Long> smaller(long size) {
        long half = size / 2 / LEAST_CHUNK_BYTES * LEAST_CHUNK_BYTES;
        return half > 0 ? Optional.of(half) : Optional.empty();
    }

    List<Chunk> upwards() {
        return chunks;
    }

    /** From the middle down and round, so that no pass begins with what the caches still hold of the one before. */
    List<Chunk> downwards() {
        List<Chunk> order = new ArrayList<>(chunks);
        Collections.reverse(order);
        Collections.rotate(order, chunks.size() / 2);
        return order;
    }

    long bytes() {
        return chunks.stream().mapToLong(chunk -> chunk.memory().bytes()).sum();
    }
}
