package dev.assay.training;

/**
 * Predicted computing of one GPU by the kind of kernel, seconds.
 *
 * @param attention forward and backward
 * @param memory kernels bound by memory
 */
public record ComputingParts(double gemms, double attention, double memory) {
    /** Of one step; their sum is {@link StepPrediction#computing}. */
    public static ComputingParts of(StepSetup setup, Machine machine, int nodes) {
        return machine.of(setup)
                .parts(StepWork.of(setup, nodes * machine.gpusPerNode()))
                .times(setup.accumulation());
    }

    ComputingParts times(double factor) {
        return new ComputingParts(factor * gemms, factor * attention, factor * memory);
    }
}
