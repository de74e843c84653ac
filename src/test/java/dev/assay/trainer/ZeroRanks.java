package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.reference.ReferenceDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Ranks of ZeRO as threads of this JVM, each with a reference device. */
final class ZeroRanks {
    private ZeroRanks() {}

    /** What one rank does; {@code join} is what a {@link ZeroFactory} is given. */
    interface OnRank<T> {
        T run(int rank, Device device, Function<String, Communicator> join) throws Exception;
    }

    static <T> List<T> run(int ranks, OnRank<T> work) throws Exception {
        ReferenceDevice root = new ReferenceDevice("n0", 0);
        byte[] gradients = root.newCommunicatorId();
        byte[] weights = root.newCommunicatorId();
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < ranks; i++) {
            int rank = i;
            calls.add(() -> {
                ReferenceDevice device = rank == 0 ? root : new ReferenceDevice("n0", rank);
                return work.run(
                        rank,
                        device,
                        purpose -> device.join(purpose.equals("weights") ? weights : gradients, rank, ranks));
            });
        }
        ExecutorService threads = Executors.newFixedThreadPool(ranks);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
            root.close();
        }
    }
}
