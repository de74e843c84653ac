package dev.assay.trainer;

import dev.assay.device.AdamW;
import dev.assay.device.Communicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.training.Parameter;
import dev.assay.training.SeededWeights;
import dev.assay.training.Shares.Cut;
import dev.assay.training.Shares.Piece;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The optimizer's states that one rank keeps. */
final class ZeroOptimizer {
    private final Zero zero;
    private final DeviceMemory master;
    private final DeviceMemory first;
    private final DeviceMemory second;
    private final DeviceMemory partials;
    private final DeviceMemory squares;
    private final DeviceMemory scaleAndNorm;
    private final Fence fence;
    private final Communicator norm;

    ZeroOptimizer(Zero zero) {
        this.zero = zero;
        master = zero.memory().of(ZeroMemory.MASTER);
        first = zero.memory().of(ZeroMemory.FIRST_MOMENT);
        second = zero.memory().of(ZeroMemory.SECOND_MOMENT);
        partials = zero.memory().of(ZeroMemory.PARTIALS);
        squares = zero.memory().of(ZeroMemory.SQUARES);
        scaleAndNorm = zero.memory().of(ZeroMemory.SCALE_AND_NORM);
        fence = zero.fence();
        norm = zero.gradients(Purpose.NORM);
    }

    /** @param weights this rank's bf16, zeros by now: what no tensor fills stays zero in all states */
    void initialise(DeviceMemory weights) {
        zero.device().zero(master, zero.compute());
        zero.device().zero(first, zero.compute());
        zero.device().zero(second, zero.compute());
        SeededWeights seeded = zero.setup().weights();
        for (ModelModule module : zero.setup().modules().modules()) {
            for (Parameter parameter : module.parameters()) {
                long from = zero.flat(module, parameter);
                zero.shares()
                        .within(from, from + parameter.size(), zero.rank())
                        .forEach(piece -> begin(seeded, parameter, piece, piece.from() - from, weights));
            }
        }
    }

    private void begin(SeededWeights seeded, Parameter parameter, Piece piece, long index, DeviceMemory weights) {
        zero.kernels()
                .initNormal(
                        Zero.slice(master, ElementType.FP32, piece.at(), piece.elements()),
                        Zero.slice(weights, ElementType.BF16, piece.at(), piece.elements()),
                        piece.elements(),
                        TrainerSetup.initial(seeded, parameter, index),
                        zero.compute());
    }

    /** The global norm from each rank's squares, then AdamW on what this rank keeps. */
    void update(int step, DeviceMemory gradients, DeviceMemory weights) {
        Tensor ofNorm = new Tensor(ofNorm(gradients), zero.sumType(), ofNormElements());
        zero.kernels().sumOfSquares(ofNorm, partials, zero.compute());
        zero.kernels().sumPartials(partials, TrainingKernels.SQUARE_PARTS, squares, zero.compute());
        sumSquares();
        float largest = (float) zero.setup().clipping().maxNorm();
        zero.kernels().clipScale(squares, factor(), largest, scaleAndNorm, zero.compute());
        zero.kernels()
                .adamW(
                        zero.setup().optimizerAt(step),
                        new AdamW.States(master, first, second),
                        new Tensor(gradients, zero.sumType(), zero.shares().elements()),
                        scaleAndNorm,
                        weights,
                        zero.compute());
    }

    /** Over all ranks; the compute stream waits. */
    void sumSquares() {
        zero.gradients().after(zero.compute(), fence);
        norm.allReduce(squares, ElementType.FP32, 1, zero.gradients().stream());
        zero.gradients().before(zero.clock(), fence);
    }

    /** One fp32: this rank's before {@link #sumSquares}, all ranks' after it. */
    DeviceMemory squares() {
        return squares;
    }

    /** This rank's part of the last update's squared norm, by a way that no collective has touched; blocks. */
    double ownSquares() {
        ByteBuffer parts = ByteBuffer.wrap(partials.read()).order(ByteOrder.nativeOrder());
        double sum = 0;
        for (int i = 0; i < TrainingKernels.SQUARE_PARTS; i++) {
            sum += parts.getDouble();
        }
        return (double) factor() * factor() * sum;
    }

    /** Where every rank has all sums, each squares its stretch of them. */
    private DeviceMemory ofNorm(DeviceMemory gradients) {
        return zero.shares().cut() == Cut.WHOLE
                ? Zero.slice(gradients, zero.sumType(), zero.rank() * ofNormElements(), ofNormElements())
                : gradients;
    }

    private long ofNormElements() {
        return zero.shares().cut() == Cut.WHOLE
                ? ZeroMemory.stretch(zero.schedule())
                : zero.shares().elements();
    }

    /** Sums over ranks and micro-batches become means. Applied in fp32, so nothing that travels is scaled. */
    float factor() {
        return 1f / ((float) zero.ranks() * zero.setup().step().accumulation());
    }

    DeviceMemory scaleAndNorm() {
        return scaleAndNorm;
    }

    DeviceMemory state(StateKind kind) {
        return switch (kind) {
            case MASTER -> master;
            case FIRST_MOMENT -> first;
            case SECOND_MOMENT -> second;
            case WEIGHT, GRADIENT -> throw new IllegalArgumentException(kind + " is no state of the optimizer");
        };
    }
}
