package dev.assay.training;

/**
 * What FP8 changes of a micro-batch's work.
 *
 * @param share of the executed floating-point operations that run in FP8, 0 to 1
 * @param bytes of memory traffic that its copies take: 5 an element of what forward multiplies, which runs again where layers are
 *     computed again; 6 of outputs' gradients and 5 of inputs and weights backward
 */
public record QuantizedWork(double share, double bytes) {
    private static final int FORWARD = 5;
    private static final int GRADIENT = 6;

    public static QuantizedWork of(StepSetup setup) {
        return switch (setup.precision()) {
            case BF16 -> new QuantizedWork(0, 0);
            case FP8 -> new QuantizedWork(share(setup), setup.model().layers() * layerBytes(setup.model(), setup));
        };
    }

    private static double share(StepSetup setup) {
        ModelShape model = setup.model();
        return 6.0
                * model.layers()
                * model.layerMatrices()
                / StepFlops.of(setup).causal();
    }

    /** Of the four linear layers: query, key and value together; gate and up together. */
    private static double layerBytes(ModelShape model, StepSetup setup) {
        double rows = setup.tokensPerMicroBatch();
        double up = (model.family() == ModelFamily.LLAMA ? 2.0 : 1.0) * model.feedForward();
        double inputs = rows * (2.0 * model.hidden() + model.queryWidth() + model.feedForward());
        double outputs = rows * (model.queryWidth() + 2.0 * model.kvWidth() + 2.0 * model.hidden() + up);
        int times = setup.recomputation() == Recomputation.FULL ? 3 : 2;
        return times * FORWARD * (inputs + model.layerMatrices()) + GRADIENT * outputs;
    }
}
