package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.RankThreads;
import dev.assay.device.reference.ReferenceDevice;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntFunction;

/** Ranks of ZeRO as threads of this JVM, each with a device of its own, a reference device if not said. */
final class ZeroRanks {
    private static final long WAIT_SECONDS = 60;

    private ZeroRanks() {}

    /** What one rank does; {@code join} is what a {@link ZeroFactory} is given. */
    interface OnRank<T> {
        T run(int rank, Device device, Function<String, Communicator> join) throws Exception;
    }

    static <T> List<T> run(int ranks, OnRank<T> work) throws Exception {
        return run(ranks, rank -> new ReferenceDevice("n0", rank), work);
    }

    /** @param open a rank's own device, by the thread that works on it */
    static <T> List<T> run(int ranks, IntFunction<? extends Device> open, OnRank<T> work) throws Exception {
        Meeting meeting = new Meeting(ranks);
        return RankThreads.run(ranks, rank -> meeting.take(rank, open, work));
    }

    /** Where rank 0 leaves the ids of the communicators, and where all end together: a device outlives its peers' work. */
    private static final class Meeting {
        private final int ranks;
        private final CompletableFuture<byte[]> gradients = new CompletableFuture<>();
        private final CompletableFuture<byte[]> weights = new CompletableFuture<>();
        private final CountDownLatch working;

        Meeting(int ranks) {
            this.ranks = ranks;
            working = new CountDownLatch(ranks);
        }

        <T> T take(int rank, IntFunction<? extends Device> open, OnRank<T> work) throws Exception {
            try (Device device = open.apply(rank)) {
                try {
                    if (rank == 0) {
                        gradients.complete(device.newCommunicatorId());
                        weights.complete(device.newCommunicatorId());
                    }
                    return work.run(rank, device, purpose -> device.join(id(purpose), rank, ranks));
                } finally {
                    working.countDown();
                    working.await(WAIT_SECONDS, TimeUnit.SECONDS);
                }
            }
        }

        private byte[] id(String purpose) {
            return (purpose.equals("weights") ? weights : gradients)
                    .orTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
                    .join();
        }
    }
}
