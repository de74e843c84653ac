package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Measurement;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One criterion at one node count, with what the judge must know of the contract to answer.
 *
 * @param key e.g. {@code gpu-utilisation@2}
 * @param title as people read it
 * @param valuesPerRank that each rank must give: one, or one a link
 * @param baselineNodes nodes of each communicator of a baseline
 * @param training what else must be known where the question is of training
 * @param checks by launch and name, how often the plan has each check made, over all ranks; of a launch without any it does
 *     not say
 */
public record Question(
        String key,
        String title,
        Criterion criterion,
        int nodes,
        int gpusPerNode,
        int valuesPerRank,
        Contract contract,
        int baselineNodes,
        Training training,
        Map<String, Map<String, Integer>> checks) {
    public Question {
        checks = Map.copyOf(checks);
        if (baselineNodes < 1) {
            throw new IllegalArgumentException("a question must have baselineNodes ≥ 1, got " + baselineNodes);
        }
    }

    /** The same, where a row has shown the fabric. */
    public Question withFabric(String row) {
        return new Question(
                key,
                title,
                criterion,
                nodes,
                gpusPerNode,
                valuesPerRank,
                contract,
                baselineNodes,
                training.withFabric(row),
                checks);
    }

    /**
     * What the plan and the run's other experiments say of steps of training.
     *
     * @param shards weights travel between the ranks: ZeRO 1 to 3
     * @param beyond why a sound cluster misses the limit, by the plan's own projection; empty: it need not
     * @param fabric key of a row of a stress variant that passed and so has shown the fabric under this question's nodes; empty: none
     * @param steps that the plan has every rank measure; empty: it does not say
     */
    public record Training(boolean shards, Optional<String> beyond, Optional<String> fabric, OptionalInt steps) {
        /** Asks for all that can be asked for. */
        public static final Training UNKNOWN = new Training(true, Optional.empty(), Optional.empty());

        /** The plan does not say how many steps. */
        public Training(boolean shards, Optional<String> beyond, Optional<String> fabric) {
            this(shards, beyond, fabric, OptionalInt.empty());
        }

        Training withFabric(String row) {
            return new Training(shards, beyond, Optional.of(row), steps);
        }
    }

    /**
     * What the cluster and the datasheet promise.
     *
     * @param gpuName what every GPU must call itself; compared only on the CUDA device
     * @param ratesOverBf16 by {@code dtype}: FLOP per clock of an SM over those in bf16
     * @param reference the reference device: nothing here proves a cluster
     * @param fabricFloorGBps bus bandwidth that the fabric must at least give to an all-reduce
     * @param nics compute NICs of a node
     * @param nicGBps line rate of each
     * @param gpuDirect NICs read and write the GPUs' own memory
     */
    public record Contract(
            String gpuName,
            double bf16DenseTflops,
            double bf16AtMhz,
            double bf16FlopPerClockPerSm,
            Map<String, Double> ratesOverBf16,
            boolean sharedHost,
            boolean reference,
            double fabricFloorGBps,
            int nics,
            double nicGBps,
            boolean gpuDirect) {
        private static final String BF16 = "bf16";

        public Contract {
            ratesOverBf16 = Map.copyOf(ratesOverBf16);
        }

        /** Its NICs reach the GPUs' own memory. */
        public Contract(
                String gpuName,
                double bf16DenseTflops,
                double bf16AtMhz,
                double bf16FlopPerClockPerSm,
                Map<String, Double> ratesOverBf16,
                boolean sharedHost,
                boolean reference,
                double fabricFloorGBps,
                int nics,
                double nicGBps) {
            this(
                    gpuName,
                    bf16DenseTflops,
                    bf16AtMhz,
                    bf16FlopPerClockPerSm,
                    ratesOverBf16,
                    sharedHost,
                    reference,
                    fabricFloorGBps,
                    nics,
                    nicGBps,
                    true);
        }

        /** Of a measurement; what does not say its type is bf16, and of an unknown type nothing is known. */
        double rateOverBf16(Measurement measurement) {
            String type = measurement.conditions().getOrDefault("dtype", BF16);
            return type.equals(BF16) ? 1 : ratesOverBf16.getOrDefault(type, Double.NaN);
        }
    }
}
