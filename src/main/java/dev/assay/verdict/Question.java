package dev.assay.verdict;

import dev.assay.criteria.Criterion;

/**
 * One criterion at one node count, with what the judge must know of the contract to answer.
 *
 * @param key e.g. {@code gpu-utilisation@2}
 * @param title as people read it
 * @param valuesPerRank that each rank must give: one, or one a link
 */
public record Question(
        String key,
        String title,
        Criterion criterion,
        int nodes,
        int gpusPerNode,
        int valuesPerRank,
        Contract contract) {
    /**
     * What the cluster and the datasheet promise.
     *
     * @param gpuName what every GPU must call itself; compared only on the CUDA device
     * @param reference the reference device: nothing here proves a cluster
     * @param fabricFloorGBps bus bandwidth that the fabric must at least give to an all-reduce
     * @param nics compute NICs of a node
     * @param nicGBps line rate of each
     */
    public record Contract(
            String gpuName,
            double bf16DenseTflops,
            double bf16AtMhz,
            double bf16FlopPerClockPerSm,
            boolean sharedHost,
            boolean reference,
            double fabricFloorGBps,
            int nics,
            double nicGBps) {}
}
