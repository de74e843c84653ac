package dev.assay.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;

/**
 * The compute NICs of one node.
 *
 * @param count how many; 0 on a cluster whose nodes share one host
 * @param gigabitsPerSecond line rate of each
 * @param gpuDirect whether they must reach the GPUs' own memory (GPUDirect RDMA); empty: they must
 */
public record Nics(
        int count,
        double gigabitsPerSecond,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Boolean> gpuDirect) {
    public Nics {
        if (count < 0) {
            throw new IllegalArgumentException("nics.count must be ≥ 0, got " + count);
        }
        if (!(gigabitsPerSecond > 0) || gigabitsPerSecond > 10_000) {
            throw new IllegalArgumentException(
                    "nics.gigabitsPerSecond must be in (0, 10000], got " + gigabitsPerSecond);
        }
    }

    /** Of GPUDirect RDMA nothing is said. */
    public Nics(int count, double gigabitsPerSecond) {
        this(count, gigabitsPerSecond, Optional.empty());
    }

    /** Line rate of the node, GB/s. */
    public double nodeGigabytesPerSecond() {
        return count * gigabitsPerSecond / 8;
    }
}
