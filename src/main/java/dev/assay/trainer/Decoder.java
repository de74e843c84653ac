package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.trainer.DecoderMemory.LayerTensors;
import dev.assay.workload.LinearGemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/** Forward and backward of one micro-batch, module by module; enqueues only. */
final class Decoder {
    private final ModuleCut modules;
    private final DecoderSizes sizes;
    private final Sharding sharding;
    private final StepClock clock;
    private final DecoderMemory memory;
    private final Embedding embedding;
    private final DecoderLayer layer;
    private final Head head;

    Decoder(
            TrainerSetup setup,
            DecoderSizes sizes,
            Device device,
            Arena arena,
            Stream stream,
            Sharding sharding,
            StepClock clock,
            Map<LinearGemm, GemmRunner> gemms) {
        this.modules = setup.modules();
        this.sizes = sizes;
        this.sharding = sharding;
        this.clock = clock;
        memory = DecoderMemory.of(sizes, arena);
        Compute compute = new Compute(device, device.trainingKernels(), stream, gemms, sizes, memory.scratch());
        memory.positions().ifPresent(ids -> ids.write(positions(sizes)));
        embedding = new Embedding(compute, modules, memory.positions());
        layer = new DecoderLayer(compute, modules, memory);
        head = new Head(compute, modules, memory);
    }

    private static byte[] positions(DecoderSizes sizes) {
        ByteBuffer ids = ByteBuffer.allocate(sizes.rows() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < sizes.rows(); row++) {
            ids.putInt(row % sizes.setup().sequence());
        }
        return ids.array();
    }

    /** Up to the last norm. */
    void forward(DeviceMemory tokens) {
        embedding.forward(
                weights(modules.embedding(), Pass.FORWARD), tokens, tensors(0).x());
        sharding.release(modules.embedding(), Pass.FORWARD);
        DeviceMemory residual = tensors(0).x();
        for (int i = 0; i < sizes.model().layers(); i++) {
            ModelModule module = modules.layer(i);
            layer.forward(weights(module, Pass.FORWARD), residual, i > 0, memory.delta(), tensors(i));
            sharding.release(module, Pass.FORWARD);
            residual = tensors(i).y();
        }
        head.forward(weights(modules.head(), Pass.FORWARD), residual, memory.delta());
        sharding.release(modules.head(), Pass.FORWARD);
    }

    /** Logits, losses and all gradients. */
    void backward(DeviceMemory tokens, DeviceMemory targets, DeviceMemory losses) {
        headBackward(targets, losses);
        for (int i = sizes.model().layers() - 1; i >= 0; i--) {
            layerBackward(i);
        }
        if (!modules.tied()) {
            weights(modules.embedding(), Pass.BACKWARD);
            sharding.release(modules.embedding(), Pass.BACKWARD);
        }
        embedding.backward(sharding.gradients(modules.embedding()), tokens, memory.dResidual());
        sharding.gradientsComplete(modules.embedding());
    }

    private void headBackward(DeviceMemory targets, DeviceMemory losses) {
        ModelModule owner = modules.tied() ? modules.embedding() : modules.head();
        DeviceMemory weights = weights(modules.head(), Pass.BACKWARD);
        DeviceMemory gradients = sharding.gradients(modules.head());
        DeviceMemory matrixWeights = modules.tied() ? weights(owner, Pass.BACKWARD) : weights;
        DeviceMemory matrixGradients = modules.tied() ? sharding.gradients(owner) : gradients;
        head.loss(matrixWeights, matrixGradients, targets, losses);
        if (modules.tied()) {
            sharding.release(owner, Pass.BACKWARD);
        }
        head.backward(weights, gradients, memory.dResidual());
        sharding.gradientsComplete(modules.head());
        sharding.release(modules.head(), Pass.BACKWARD);
    }

    /** The last layer's tensors are still there, which DeepSpeed computes again too: its weights go the way of all others'. */
    private void layerBackward(int i) {
        ModelModule module = modules.layer(i);
        DeviceMemory weights = weights(module, Pass.BACKWARD);
        if (sizes.recomputes() && i < sizes.model().layers() - 1) {
            clock.enter(StepPart.RECOMPUTATION);
            layer.recompute(weights, memory.delta(), tensors(i));
            clock.enter(StepPart.BACKWARD);
        }
        Arrival arrival = sizes.recomputes() ? sharding.recomputed(module) : Arrival.NOTHING;
        layer.backward(weights, arrival, sharding.gradients(module), memory, tensors(i));
        sharding.gradientsComplete(module);
        sharding.release(module, Pass.BACKWARD);
    }

    private DeviceMemory weights(ModelModule module, Pass pass) {
        return sharding.weights(module, pass);
    }

    private LayerTensors tensors(int index) {
        return memory.layers().get(index);
    }
}
