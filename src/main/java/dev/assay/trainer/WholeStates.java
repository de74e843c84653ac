package dev.assay.trainer;

import dev.assay.device.AdamW;
import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.training.Parameter;
import dev.assay.training.SeededWeights;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All states in flat buffers in the order of the layout; everything happens on the compute stream. */
final class WholeStates implements Sharding {
    private final TrainerSetup setup;
    private final ModuleCut modules;
    private final Device device;
    private final TrainingKernels kernels;
    private final Arena memory;
    private final Stream compute;
    private final boolean narrow;
    private final Set<Integer> begun = new HashSet<>();

    WholeStates(TrainerSetup setup, Device device, Arena memory, Stream compute) {
        this.setup = setup;
        this.modules = setup.modules();
        this.device = device;
        this.kernels = device.trainingKernels();
        this.memory = memory;
        this.compute = compute;
        this.narrow = Unsharded.isNarrow(setup.step());
    }

    @Override
    public int ranks() {
        return 1;
    }

    @Override
    public void initialise() {
        SeededWeights weights = setup.weights();
        for (Parameter parameter : weights.layout().parameters()) {
            kernels.initNormal(
                    piece(Unsharded.MASTER, Float.BYTES, parameter.offset(), parameter.size()),
                    piece(Unsharded.WEIGHTS, Unsharded.BF16, parameter.offset(), parameter.size()),
                    parameter.size(),
                    TrainerSetup.initial(weights, parameter, 0),
                    compute);
        }
        device.zero(memory.of(Unsharded.FIRST_MOMENT), compute);
        device.zero(memory.of(Unsharded.SECOND_MOMENT), compute);
    }

    @Override
    public void beginMicroBatch(int number) {
        if (number == 1) {
            device.zero(gradientSums(), compute);
        }
    }

    @Override
    public DeviceMemory weights(ModelModule module, Pass pass) {
        return piece(Unsharded.WEIGHTS, Unsharded.BF16, module.offset(), module.elements());
    }

    @Override
    public void release(ModelModule module, Pass pass) {}

    @Override
    public Arrival recomputed(ModelModule module) {
        return Arrival.NOTHING;
    }

    @Override
    public DeviceMemory gradients(ModelModule module) {
        if (narrow) {
            return piece(Unsharded.GRADIENTS, Unsharded.BF16, module.offset(), module.elements());
        }
        DeviceMemory live = live(module);
        if (begun.add(module.index())) {
            device.zero(live, compute);
        }
        return live;
    }

    private DeviceMemory live(ModelModule module) {
        String name = Unsharded.isTied(modules, module) ? Unsharded.TIED_GRADIENTS : Unsharded.GRADIENTS;
        return piece(name, Unsharded.BF16, 0, module.elements());
    }

    @Override
    public void gradientsComplete(ModelModule module) {
        if (!narrow) {
            begun.remove(module.index());
            DeviceMemory sums = piece(Unsharded.GRADIENT_SUMS, Float.BYTES, module.offset(), module.elements());
            kernels.carry(
                    new Tensor(live(module), ElementType.BF16, module.elements()),
                    new Tensor(sums, ElementType.FP32, module.elements()),
                    true,
                    compute);
        }
    }

    @Override
    public void endMicroBatch() {}

    @Override
    public void update(int step) {
        Tensor gradients =
                new Tensor(gradientSums(), gradientType(), modules.layout().total());
        DeviceMemory squares = memory.of(Unsharded.SQUARES);
        DeviceMemory partials = memory.of(Unsharded.PARTIALS);
        kernels.sumOfSquares(gradients, partials, compute);
        kernels.sumPartials(partials, TrainingKernels.SQUARE_PARTS, squares, compute);
        float factor = 1f / setup.step().accumulation();
        kernels.clipScale(squares, factor, (float) setup.clipping().maxNorm(), scaleAndNorm(), compute);
        kernels.adamW(
                setup.optimizerAt(step), states(), gradients, scaleAndNorm(), memory.of(Unsharded.WEIGHTS), compute);
    }

    private AdamW.States states() {
        return new AdamW.States(
                memory.of(Unsharded.MASTER), memory.of(Unsharded.FIRST_MOMENT), memory.of(Unsharded.SECOND_MOMENT));
    }

    private DeviceMemory gradientSums() {
        return memory.of(narrow ? Unsharded.GRADIENTS : Unsharded.GRADIENT_SUMS);
    }

    private ElementType gradientType() {
        return narrow ? ElementType.BF16 : ElementType.FP32;
    }

    @Override
    public DeviceMemory scaleAndNorm() {
        return memory.of(Unsharded.SCALE_AND_NORM);
    }

    @Override
    public void checkHealthy() {}

    @Override
    public void beginReading() {}

    @Override
    public List<Traffic> rehearse(long seed, Duration deadline) {
        return List.of();
    }

    @Override
    public double ownSquares() {
        ByteBuffer parts = ByteBuffer.wrap(memory.of(Unsharded.PARTIALS).read()).order(ByteOrder.nativeOrder());
        double sum = 0;
        for (int i = 0; i < TrainingKernels.SQUARE_PARTS; i++) {
            sum += parts.getDouble();
        }
        return sum / ((double) setup.step().accumulation() * setup.step().accumulation());
    }

    @Override
    public List<OwnPiece> own(Parameter parameter) {
        long from = parameter.offset();
        long elements = parameter.size();
        return List.of(new OwnPiece(
                0,
                elements,
                Zero.tensor(gradientSums(), gradientType(), from, elements),
                piece(Unsharded.MASTER, Float.BYTES, from, elements),
                piece(Unsharded.FIRST_MOMENT, Float.BYTES, from, elements),
                piece(Unsharded.SECOND_MOMENT, Float.BYTES, from, elements),
                piece(Unsharded.WEIGHTS, Unsharded.BF16, from, elements)));
    }

    @Override
    public void abort() {}

    @Override
    public float[] read(StateKind kind, Parameter parameter) {
        return switch (kind) {
            case WEIGHT -> values(Unsharded.WEIGHTS, ElementType.BF16, parameter, 1);
            case GRADIENT ->
                values(
                        narrow ? Unsharded.GRADIENTS : Unsharded.GRADIENT_SUMS,
                        gradientType(),
                        parameter,
                        1f / setup.step().accumulation());
            case MASTER -> values(Unsharded.MASTER, ElementType.FP32, parameter, 1);
            case FIRST_MOMENT -> values(Unsharded.FIRST_MOMENT, ElementType.FP32, parameter, 1);
            case SECOND_MOMENT -> values(Unsharded.SECOND_MOMENT, ElementType.FP32, parameter, 1);
        };
    }

    private float[] values(String name, ElementType type, Parameter parameter, float factor) {
        compute.synchronize(Trainer.LONGEST_WAIT);
        ByteBuffer bytes = ByteBuffer.wrap(piece(name, type.bytes(), parameter.offset(), parameter.size())
                        .read())
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[Math.toIntExact(parameter.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    factor * (type == ElementType.BF16 ? Bf16.toFloat(bytes.getShort(2 * i)) : bytes.getFloat(4 * i));
        }
        return values;
    }

    private DeviceMemory piece(String name, int bytes, long offset, long elements) {
        return memory.of(name).slice(offset * bytes, elements * bytes);
    }

    @Override
    public void close() {}
}
