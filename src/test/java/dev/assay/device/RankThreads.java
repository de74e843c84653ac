package dev.assay.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Ranks as threads of this JVM. */
public final class RankThreads {
    private RankThreads() {}

    public interface OnRank<T> {
        T run(int rank) throws Exception;
    }

    /** What each rank came to, by rank, when all are done. */
    public static <T> List<T> run(int ranks, OnRank<T> work) throws Exception {
        List<Callable<T>> calls = new ArrayList<>();
        for (int i = 0; i < ranks; i++) {
            int rank = i;
            calls.add(() -> work.run(rank));
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
        }
    }
}
