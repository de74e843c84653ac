package dev.assay.trainer;

import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.training.Parameter;
import dev.assay.training.Recomputation;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A step without a model: asks a sharding for everything that a decoder asks for, in its order, and adds gradients that are
 * known. They are small integers over 64, so that bf16 holds every sum over ranks and micro-batches.
 */
final class KnownGradients {
    private static final int MOST = 9;
    private static final float UNIT = 1 / 64f;

    private final TrainerSetup setup;
    private final ModuleCut modules;
    private final Device device;
    private final TrainingKernels kernels;
    private final Stream compute;
    private final int rank;

    KnownGradients(TrainerSetup setup, Device device, Stream compute, int rank) {
        this.setup = setup;
        this.modules = setup.modules();
        this.device = device;
        this.kernels = device.trainingKernels();
        this.compute = compute;
        this.rank = rank;
    }

    /** Of one rank and micro-batch. */
    static int gradient(Parameter parameter, int index, int step, int microBatch, int rank) {
        long seed = ((parameter.index() * 31L + step) * 31 + microBatch) * 31 + rank;
        return new SplittableRandom(seed * 100_003 + index).nextInt(2 * MOST + 1) - MOST;
    }

    /** The mean over ranks and micro-batches. */
    static double mean(TrainerSetup setup, Parameter parameter, int index, int step, int ranks) {
        int accumulation = setup.step().accumulation();
        double sum = 0;
        for (int r = 0; r < ranks; r++) {
            for (int number = 1; number <= accumulation; number++) {
                sum += gradient(parameter, index, step, number, r);
            }
        }
        return UNIT * sum / (ranks * accumulation);
    }

    /** Weights as each pass of each micro-batch saw them, module by module. */
    List<Seen> step(Sharding sharding, int step) {
        List<Seen> seen = new ArrayList<>();
        for (int number = 1; number <= setup.step().accumulation(); number++) {
            sharding.beginMicroBatch(number);
            for (ModelModule module : modules.order(Pass.FORWARD)) {
                seen.add(look(sharding, module, Pass.FORWARD));
                sharding.release(module, Pass.FORWARD);
            }
            backward(sharding, step, number, seen);
            sharding.endMicroBatch();
        }
        sharding.update(step);
        return seen;
    }

    private void backward(Sharding sharding, int step, int number, List<Seen> seen) {
        ModelModule head = modules.head();
        seen.add(look(sharding, head, Pass.BACKWARD));
        if (modules.tied()) {
            seen.add(look(sharding, modules.embedding(), Pass.BACKWARD));
            add(sharding.gradients(modules.embedding()), modules.embedding(), step, number);
            sharding.release(modules.embedding(), Pass.BACKWARD);
        }
        add(sharding.gradients(head), head, step, number);
        sharding.gradientsComplete(head);
        sharding.release(head, Pass.BACKWARD);
        for (ModelModule module : modules.gradientOrder()) {
            if (module.kind() == ModelModule.Kind.LAYER) {
                DeviceMemory weights = sharding.weights(module, Pass.BACKWARD);
                seen.add(look(weights, module, Pass.BACKWARD));
                if (setup.step().recomputation() == Recomputation.FULL) {
                    seen.add(lookAgain(sharding, weights, module));
                }
                add(sharding.gradients(module), module, step, number);
                sharding.gradientsComplete(module);
                sharding.release(module, Pass.BACKWARD);
            }
        }
        if (!modules.tied()) {
            seen.add(look(sharding, modules.embedding(), Pass.BACKWARD));
            sharding.release(modules.embedding(), Pass.BACKWARD);
            add(sharding.gradients(modules.embedding()), modules.embedding(), step, number);
        } else {
            sharding.gradients(modules.embedding());
        }
        sharding.gradientsComplete(modules.embedding());
    }

    private void add(DeviceMemory gradients, ModelModule module, int step, int number) {
        DeviceMemory mine = device.allocate(2 * module.elements());
        ByteBuffer bytes = ByteBuffer.allocate((int) mine.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (Parameter parameter : module.parameters()) {
            for (int i = 0; i < parameter.size(); i++) {
                bytes.putShort(Bf16.of(UNIT * gradient(parameter, i, step, number, rank)));
            }
        }
        mine.write(bytes.array());
        kernels.carry(all(mine, module), all(gradients, module), true, compute);
    }

    private Seen look(Sharding sharding, ModelModule module, Pass pass) {
        return look(sharding.weights(module, pass), module, pass);
    }

    private Seen look(DeviceMemory weights, ModelModule module, Pass pass) {
        DeviceMemory copy = device.allocate(2 * module.elements());
        kernels.carry(all(weights, module), all(copy, module), false, compute);
        return new Seen(module, pass, copy);
    }

    /** As backward does behind a second forward: from the last tensor to the first. */
    private Seen lookAgain(Sharding sharding, DeviceMemory weights, ModelModule module) {
        DeviceMemory copy = device.allocate(2 * module.elements());
        Arrival arrival = sharding.recomputed(module);
        for (int i = module.parameters().size() - 1; i >= 0; i--) {
            Parameter parameter = module.parameters().get(i);
            long offset = 2 * module.offsetOf(parameter);
            arrival.from(offset);
            kernels.carry(
                    new Tensor(weights.slice(offset, 2 * parameter.size()), ElementType.BF16, parameter.size()),
                    new Tensor(copy.slice(offset, 2 * parameter.size()), ElementType.BF16, parameter.size()),
                    false,
                    compute);
        }
        return new Seen(module, Pass.BACKWARD, copy);
    }

    private static Tensor all(DeviceMemory memory, ModelModule module) {
        return new Tensor(memory, ElementType.BF16, module.elements());
    }

    /** To be read when the step is done. */
    record Seen(ModelModule module, Pass pass, DeviceMemory weights) {
        float[] of(Parameter parameter) {
            ByteBuffer bytes = ByteBuffer.wrap(weights.read()).order(ByteOrder.LITTLE_ENDIAN);
            float[] values = new float[(int) parameter.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = Bf16.toFloat(bytes.getShort(2 * (int) (module.offsetOf(parameter) + i)));
            }
            return values;
        }
    }
}
