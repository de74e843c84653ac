package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Normalization.Residual;
import dev.assay.trainer.DecoderMemory.LayerTensors;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import java.util.Optional;

/** y = x + attention(norm(x)), then y + feedforward(norm(y)). One for all layers: they differ in their memory only. */
final class DecoderLayer {
    private static final String FIRST = "layers.0.";

    private final Compute compute;
    private final Optional<QuantizedMemory> quantized;
    private final Norm norm1;
    private final Projection qkv;
    private final SelfAttention attention;
    private final Projection output;
    private final Norm norm2;
    private final Projection up;
    private final Projection down;

    DecoderLayer(Compute compute, ModuleCut modules, DecoderMemory memory) {
        ModelShape model = compute.sizes().model();
        this.compute = compute;
        this.quantized = memory.quantized();
        norm1 = new Norm(compute, modules, FIRST + "attention.norm");
        qkv = projection(modules, model.hidden(), compute.sizes().qkv(), "attention.query", "attention.value");
        attention = new SelfAttention(compute, memory.attentionScratch());
        output = projection(modules, model.queryWidth(), model.hidden(), "attention.output", "attention.output");
        norm2 = new Norm(compute, modules, FIRST + "feedforward.norm");
        String firstUp = model.family() == ModelFamily.LLAMA ? "feedforward.gate" : "feedforward.up";
        up = projection(modules, model.hidden(), compute.sizes().up(), firstUp, "feedforward.up");
        down = projection(modules, model.feedForward(), model.hidden(), "feedforward.down", "feedforward.down");
    }

    private Projection projection(ModuleCut modules, int inputs, int outputs, String first, String last) {
        return new Projection(
                compute,
                quantized,
                inputs,
                outputs,
                Place.of(modules, FIRST + first, FIRST + last),
                Place.biasOf(modules, FIRST + first, FIRST + last));
    }

    /**
     * t.x = before + delta, and on from there.
     *
     * @param before the residual stream; t.x itself where there is no delta
     * @param delta in: what is to be added to it; out: what the layer adds to t.y
     * @param added whether delta is to be added
     */
    void forward(DeviceMemory weights, DeviceMemory before, boolean added, DeviceMemory delta, LayerTensors t) {
        Residual residual = new Residual(before, added ? Optional.of(delta) : Optional.empty(), t.x());
        norm1.forward(weights, residual, t.n1(), t.statistics1());
        toActivated(weights, delta, t);
        down.forward(weights, t.activated(), delta);
    }

    /** All that backward needs, from t.x. */
    void recompute(DeviceMemory weights, DeviceMemory delta, LayerTensors t) {
        norm1.forward(weights, new Residual(t.x(), Optional.empty(), t.x()), t.n1(), t.statistics1());
        toActivated(weights, delta, t);
    }

    private void toActivated(DeviceMemory weights, DeviceMemory delta, LayerTensors t) {
        qkv.forward(weights, t.n1(), t.qkv());
        attention.forward(t.qkv(), t.attention(), t.lse());
        output.forward(weights, t.attention(), delta);
        norm2.forward(weights, new Residual(t.x(), Optional.of(delta), t.y()), t.n2(), t.statistics2());
        up.product(weights, t.n2(), t.up());
        activate(weights, t);
    }

    /**
     * Overwrites the layer's tensors behind the attention by their own gradients.
     * memory.dResidual is, before, of the residual stream that leaves the layer and, after, of the one that enters it.
     *
     * @param arrival of the weights, which are read from the last to the first
     */
    void backward(DeviceMemory weights, Arrival arrival, DeviceMemory gradients, DecoderMemory memory, LayerTensors t) {
        DeviceMemory dResidual = memory.dResidual();
        arrival.from(down.offset());
        down.backward(weights, gradients, dResidual, t.activated(), t.activated());
        arrival.from(up.offset());
        activateBackward(weights, t);
        up.backward(weights, gradients, t.up(), t.n2(), t.n2());
        arrival.from(norm2.offset());
        norm2.backward(weights, gradients, t.n2(), t.y(), t.statistics2(), dResidual);
        arrival.from(output.offset());
        output.backward(weights, gradients, dResidual, t.attention(), memory.dAttention());
        attention.backward(t.qkv(), t.attention(), t.lse(), memory.dAttention(), memory.dQkv());
        arrival.from(qkv.offset());
        qkv.backward(weights, gradients, memory.dQkv(), t.n1(), t.n1());
        arrival.from(norm1.offset());
        norm1.backward(weights, gradients, t.n1(), t.x(), t.statistics1(), dResidual);
    }

    private void activate(DeviceMemory weights, LayerTensors t) {
        int rows = compute.sizes().rows();
        int width = compute.sizes().model().feedForward();
        switch (compute.sizes().model().family()) {
            case LLAMA -> compute.kernels().swiGlu(t.up(), rows, width, t.activated(), compute.stream());
            case GPT -> compute.kernels().gelu(t.up(), up.bias(weights), rows, width, t.activated(), compute.stream());
        }
    }

    /** t.up becomes its own gradient; t.activated is its gradient by now. */
    private void activateBackward(DeviceMemory weights, LayerTensors t) {
        int rows = compute.sizes().rows();
        int width = compute.sizes().model().feedForward();
        switch (compute.sizes().model().family()) {
            case LLAMA ->
                compute.kernels().swiGluGradient(t.activated(), t.up(), rows, width, t.up(), compute.stream());
            case GPT ->
                compute.kernels()
                        .geluGradient(t.activated(), t.up(), up.bias(weights), rows, width, t.up(), compute.stream());
        }
    }
}
