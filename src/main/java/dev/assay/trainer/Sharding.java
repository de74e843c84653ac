package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.training.Parameter;
import java.time.Duration;
import java.util.List;

/**
 * Where weights, gradients and optimizer states of the modules live, and what travels for them. Calls enqueue, on the compute
 * stream that it was opened with or on streams of its own that wait for it; none blocks but {@link #read}.
 *
 * <p>The order of calls in a step, the same on every rank:
 *
 * <pre>
 *   for each micro-batch, number = 1 … accumulation:
 *     beginMicroBatch(number)
 *       each module of ModuleCut.order(FORWARD):   weights(module, FORWARD), release(module, FORWARD)
 *       each module of ModuleCut.order(BACKWARD):  weights(module, BACKWARD), release(module, BACKWARD);
 *                                                  a layer in between, if layers are computed again: recomputed(module)
 *       each module of ModuleCut.gradientOrder():  gradients(module) one or more times, then gradientsComplete(module) once
 *     endMicroBatch()
 *   update(step)
 * </pre>
 *
 * <p>So every module is asked for once in each pass. Within a pass the next module may be asked for before the one before it
 * is released, never two ahead. A module's gradients are written between its weights' request and its completion; a tied
 * embedding's gradients are also written by the head, long before they are complete, while its weights are released behind the
 * head.
 *
 * <p>Gradients of a micro-batch are of its mean loss over its tokens (crossEntropy's scale is 1 / tokens of a micro-batch), so
 * their size does not depend on ranks and accumulation; {@link #update} multiplies their sum by 1 / (ranks · accumulation),
 * which is clipScale's factor.
 */
public interface Sharding extends AutoCloseable {
    /** Ranks whose gradients are summed. */
    int ranks();

    /**
     * Begins training: weights by the seed as {@link TrainerSetup#weights} says, masters the bf16 weights themselves, moments 0.
     * Once, before the first step.
     */
    void initialise();

    /** @param number of the step's accumulation, from 1; the last one's gradients are due */
    void beginMicroBatch(int number);

    /**
     * The module's weights, bf16, whole, in the order of the layout; the compute stream waits for them. Begins at a multiple of
     * 16 bytes. To be read until {@link #release}, never written.
     */
    DeviceMemory weights(ModelModule module, Pass pass);

    /** What has been enqueued on the compute stream was the last to read them in this pass. */
    void release(ModelModule module, Pass pass);

    /**
     * Where layers are computed again: what has been enqueued on the compute stream was the last to read a layer's weights of
     * {@link Pass#BACKWARD} for its second forward. Some of them may go and come again.
     *
     * @return to be told before backward reads them
     */
    Arrival recomputed(ModelModule module);

    /**
     * Where the module's gradients of this micro-batch are added, bf16, whole, in the order of the layout; what is there counts,
     * of an earlier micro-batch or of an earlier call in this one, or is zero. Begins at a multiple of 16 bytes. The compute
     * stream waits until it may be written.
     */
    DeviceMemory gradients(ModelModule module);

    /** What has been enqueued on the compute stream was the last to add to the module's gradients of this micro-batch. */
    void gradientsComplete(ModelModule module);

    void endMicroBatch();

    /**
     * After the last micro-batch: sum over ranks, global norm, clipping, AdamW, new bf16 weights where they are needed.
     *
     * @param step from 1, for the correction of the moments
     */
    void update(int step);

    /** Two fp32 on the device, as TrainingKernels.clipScale leaves them: multiplier and norm before clipping; of the last update. */
    DeviceMemory scaleAndNorm();

    /** Throws a {@link dev.assay.device.DeviceException} if something on its way has failed; asked while the host waits. */
    void checkHealthy();

    /** Begins to read weights outside of a step: {@link #weights} and {@link #release} of both passes, nothing else, may follow. */
    void beginReading();

    /**
     * A step's traffic with a known pattern in place of weights and gradients, compared on the device: {@link Rehearsal}. Blocks;
     * every rank must call it with the same seed. All states are lost: {@link #initialise} must follow before the next step.
     * Nothing where nothing travels.
     */
    List<Traffic> rehearse(long seed, Duration deadline);

    /** This rank's part of the last update's squared gradient norm, before anything of it travelled; blocks. */
    double ownSquares();

    /** What this rank keeps of a parameter's states, in order; nothing is read. */
    List<OwnPiece> own(Parameter parameter);

    /** Gives up whatever is on its way, so that memory may be freed; nothing but {@link #close} may follow. */
    void abort();

    /** A whole tensor, gathered from where it lies; blocks. Every rank must call it. For checks and tests. */
    float[] read(StateKind kind, Parameter parameter);

    @Override
    void close();
}
