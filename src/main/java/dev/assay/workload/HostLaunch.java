package dev.assay.workload;

/**
 * The host that drives a GPU, by JMH in a JVM of its own beside every rank: what a call into C, a kernel launch, an event and
 * a small GEMM cost the host, and how fast it copies its own memory.
 *
 * @param gemm so small that starting it takes longer than computing it
 * @param copyBytes that all threads of a rank copy together, far beyond the caches; at most 8 GiB
 * @param warmUps iterations of a benchmark that are not told
 * @param samples iterations that are
 * @param seconds of each
 * @param batch launches after which the host waits for the device, outside what is timed: the queue never fills
 */
public record HostLaunch(Gemm gemm, long copyBytes, int warmUps, int samples, double seconds, int batch)
        implements Workload {
    /** JMH's benchmarks: JNA call, kernel, event, GEMM, copy. */
    public static final int BENCHMARKS = 5;

    private static final long MOST_COPIED = 8L << 30;

    public HostLaunch {
        if (copyBytes < 1 << 20 || copyBytes > MOST_COPIED) {
            throw new IllegalArgumentException("launch must have copyBytes in 1 MiB..8 GiB, got " + copyBytes);
        }
        if (warmUps < 0 || samples <= 0 || !(seconds > 0) || seconds > 60 || batch <= 0) {
            throw new IllegalArgumentException(
                    "launch must have warmUps ≥ 0, samples > 0, seconds in 0..60, batch > 0, got " + warmUps + ", "
                            + samples + ", " + seconds + ", " + batch);
        }
    }

    @Override
    public String key() {
        return "launch";
    }

    @Override
    public String words() {
        return "JMH on every rank, all at once: a call into C, kernel launch, event round trip, enqueue of a GEMM of "
                + gemm.words() + ", copy of " + (copyBytes >> 20) + " MiB of host memory; results checked";
    }

    /** Of the small GEMM; what is copied lies on the host. */
    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of(gemm);
    }

    /** What one benchmark measures and warms up. */
    public double benchmarkSeconds() {
        return (warmUps + samples) * seconds;
    }

    /** 64-bit words that one of so many threads copies. */
    public int wordsPerThread(int threads) {
        return Math.toIntExact(Math.max(1, copyBytes / Long.BYTES / threads));
    }

    /** Bytes that one thread's copy reads and writes; what a cache fetches before it is overwritten does not count. */
    public double movedPerThread(int threads) {
        return 2.0 * Long.BYTES * wordsPerThread(threads);
    }
}
