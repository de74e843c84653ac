package dev.assay.training;

import dev.assay.training.StepFlops.Gemm;
import java.util.ArrayList;
import java.util.List;

/**
 * What one GPU computes in one micro-batch, by the kind of kernel that does it: what {@code native/README.md} says the trainer
 * enqueues, the second forward of full checkpointing without the last layer and without each layer's last matrix.
 *
 * @param gemms with how often each runs
 * @param attentionForward FLOP, causal half, two products
 * @param attentionBackward FLOP, causal half, five products as peers count them
 * @param memoryBytes that kernels bound by memory move at least, FP8's copies too
 * @param carried bytes of gradients that stages 2 and 3 copy into buckets, where there is more than one GPU
 */
record StepWork(
        List<Repeated> gemms, double attentionForward, double attentionBackward, double memoryBytes, double carried) {
    /** Bytes of a bf16 element that is read and written. */
    private static final int COPIED = 4;

    /** @param rate over that of bf16, which FP8 is assumed to reach as well as bf16 reaches its own */
    record Repeated(Gemm gemm, double times, double rate) {}

    StepWork {
        gemms = List.copyOf(gemms);
    }

    static StepWork of(StepSetup setup, int gpus) {
        ModelShape model = setup.model();
        double tokens = setup.tokensPerMicroBatch();
        double again = setup.recomputation() == Recomputation.FULL ? model.layers() - 1 : 0;
        double forwards = model.layers() + again;
        double pairs = tokens * setup.sequence() * model.queryWidth();
        double memory = forwards * forwardBytes(model) + model.layers() * backwardBytes(model) + headBytes(model);
        return new StepWork(
                gemms(setup, again),
                2 * pairs * forwards,
                5 * pairs * model.layers(),
                memory * tokens + QuantizedWork.of(setup).bytes(),
                gpus > 1 && setup.zero().stage() >= 2 ? COPIED * (double) model.parameters() : 0);
    }

    double gemmFlop() {
        return gemms.stream()
                .mapToDouble(each -> each.times() * each.gemm().flop())
                .sum();
    }

    private static List<Repeated> gemms(StepSetup setup, double again) {
        List<Repeated> list = new ArrayList<>();
        List<Gemm> layer = StepFlops.layerGemms(setup);
        double layers = setup.model().layers();
        for (int i = 0; i < layer.size(); i++) {
            boolean last = i == layer.size() - 1;
            passes(
                    list,
                    layer.get(i),
                    layers + (last ? 0 : again),
                    layers,
                    setup.precision().rateOverBf16());
        }
        passes(list, StepFlops.headGemm(setup), 1, 1, 1);
        return list;
    }

    /** Forward tokens × out × in, gradient of the input tokens × in × out, of the weight out × in × tokens. */
    private static void passes(List<Repeated> list, Gemm gemm, double forward, double backward, double rate) {
        list.add(new Repeated(gemm, forward, rate));
        list.add(new Repeated(new Gemm(gemm.name(), gemm.m(), gemm.k(), gemm.n()), backward, rate));
        list.add(new Repeated(new Gemm(gemm.name(), gemm.n(), gemm.k(), gemm.m()), backward, rate));
    }

    /** Of a token in a layer, by the floors of the kernels' table. */
    private static double forwardBytes(ModelShape model) {
        double norms = 2 * 8.0 * model.hidden();
        return switch (model.family()) {
            case LLAMA -> norms + 4.0 * (model.queryWidth() + model.kvWidth()) + 6.0 * model.feedForward();
            case GPT ->
                norms
                        + 4.0 * (model.queryWidth() + 2.0 * model.kvWidth() + 2.0 * model.hidden())
                        + 4.0 * model.feedForward();
        };
    }

    private static double backwardBytes(ModelShape model) {
        double norms = 2 * 8.0 * model.hidden();
        return switch (model.family()) {
            case LLAMA -> norms + 4.0 * (model.queryWidth() + model.kvWidth()) + 10.0 * model.feedForward();
            case GPT ->
                norms
                        + 6.0 * model.feedForward()
                        + 2.0
                                * (model.queryWidth()
                                        + 2.0 * model.kvWidth()
                                        + 2.0 * model.hidden()
                                        + model.feedForward());
        };
    }

    /** Of a token: the last norm both ways, the embedding both ways, the loss of its logits. */
    private static double headBytes(ModelShape model) {
        return 16.0 * model.hidden() + 10.0 * model.hidden() + 4.0 * model.vocabulary();
    }
}
