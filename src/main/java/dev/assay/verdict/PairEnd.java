package dev.assay.verdict;

import java.util.OptionalInt;

/**
 * One end of a measured pair.
 *
 * @param nic the NIC's index on its node, its rail; none where the pair lies within one node
 */
public record PairEnd(String node, int localRank, OptionalInt nic) {
    public PairEnd {
        if (localRank < 0 || (nic.isPresent() && nic.getAsInt() < 0)) {
            throw new IllegalArgumentException(
                    "a pair's local rank and NIC must be ≥ 0, got " + localRank + " and " + nic + " on " + node);
        }
    }

    Part.Gpu gpu() {
        return new Part.Gpu(node, localRank);
    }

    /** What the link begins at. */
    Part port() {
        return nic.isPresent() ? new Part.Nic(node, nic.getAsInt()) : gpu();
    }
}
