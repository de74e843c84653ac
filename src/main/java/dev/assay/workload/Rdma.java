package dev.assay.workload;

/**
 * Every pair of nodes by perftest, without NCCL and without a kernel of ours: the k-th NIC of one with the k-th of the other,
 * in rounds in which each node meets at most one other. All NICs of a node at once, one direction, then the other, then
 * latency.
 *
 * @param nics compute NICs of a node, as the cluster file promises them
 * @param gigabitsPerSecond line rate of each
 * @param bytes of one RDMA write whose bandwidth is measured
 * @param queuePairs a NIC pair, so that a fabric that spreads flows by hash sees several
 * @param seconds that a measurement of bandwidth takes at the line rate
 * @param latencyIterations round trips of {@value #LATENCY_BYTES} bytes
 */
public record Rdma(
        int nics, double gigabitsPerSecond, long bytes, int queuePairs, double seconds, int latencyIterations)
        implements Workload {
    public static final int LATENCY_BYTES = 8;

    /** perftest's own least. */
    private static final int LEAST_ITERATIONS = 5;

    private static final double BITS = 8e-9;

    public Rdma {
        if (nics <= 0
                || !(gigabitsPerSecond > 0)
                || bytes <= 0
                || queuePairs <= 0
                || !(seconds > 0)
                || latencyIterations < LEAST_ITERATIONS) {
            throw new IllegalArgumentException("rdma must have nics, gigabitsPerSecond, bytes, queuePairs, seconds > 0"
                    + " and latencyIterations ≥ " + LEAST_ITERATIONS + ", got " + nics + ", " + gigabitsPerSecond + ", "
                    + bytes + ", " + queuePairs + ", " + seconds + ", " + latencyIterations);
        }
    }

    /** RDMA writes of one queue pair. */
    public long iterations() {
        return Math.max(LEAST_ITERATIONS, Math.round(seconds * gigabitsPerSecond / (BITS * bytes) / queuePairs));
    }

    /** What one measurement of bandwidth sends over one NIC. */
    public long bytesSent() {
        return iterations() * queuePairs * bytes;
    }

    @Override
    public String key() {
        return "rdma";
    }

    @Override
    public String words() {
        return "every pair of nodes in rounds of disjoint pairs, by perftest: each NIC with its like on the other node,"
                + " all NICs of a node at once; ib_write_bw of " + (bytes >> 10) + " KiB one way and the other over "
                + queuePairs + " queue pairs, ib_write_lat of " + LATENCY_BYTES + " B";
    }
}
