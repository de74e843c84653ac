package dev.assay.training;

import dev.assay.training.Shares.Cut;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one of several ranks holds of the model under ZeRO, in bytes: the trainer's allocations, counted before there is a
 * trainer.
 *
 * @param gathered slots of stage 3 and what fills tensors up to equal parts
 * @param scratch bf16 gradients of one micro-batch, module by module
 * @param buckets memory that a bucket travels from, where it is not the sums' own
 */
record ZeroBytes(long weights, long gradients, long optimizer, long gathered, long scratch, long buckets) {
    private static final int BF16 = 2;

    /** Master weight and two moments, each in float32. */
    private static final int STATES = 3 * Float.BYTES;

    static ZeroBytes of(StepSetup setup, int gpus) {
        return gpus == 1 ? alone(setup) : of(setup, ZeroSchedule.of(setup, gpus));
    }

    /** Of one rank that has everything, whatever the stage. */
    private static ZeroBytes alone(StepSetup setup) {
        FlatTensors tensors = FlatTensors.of(setup.model());
        long all = setup.model().parameters();
        boolean narrow = setup.gradientBytes() == BF16;
        return new ZeroBytes(
                all * BF16,
                all * setup.gradientBytes(),
                all * STATES,
                0,
                narrow ? 0 : scratch(setup, tensors, 1) * BF16,
                0);
    }

    private static ZeroBytes of(StepSetup setup, ZeroSchedule schedule) {
        long share = schedule.shares().elements();
        boolean byTensor = schedule.shares().cut() == Cut.TENSOR;
        boolean whole = !schedule.everyMicroBatch();
        long padded = schedule.ranks() * Shares.part(schedule.tensors().total(), schedule.ranks());
        boolean inPlace = whole && setup.gradientBytes() == BF16;
        boolean sentInPlace = whole && !byTensor && setup.gradientBytes() == setup.wireBytes();
        int scratches = schedule.overlaps() && schedule.everyMicroBatch() ? 2 : 1;
        return new ZeroBytes(
                (setup.zero().stage() < 3 ? padded : schedule.dealt(schedule.small())) * BF16
                        + (byTensor ? share * BF16 : 0),
                ((whole ? padded : 0) + (!whole || byTensor ? share : 0)) * setup.gradientBytes(),
                share * STATES,
                (slots(setup, schedule) + staging(setup, schedule)) * BF16,
                inPlace ? 0 : scratch(setup, schedule.tensors(), scratches) * BF16,
                sentInPlace ? 0 : largestBucket(schedule) * setup.wireBytes());
    }

    private static long slots(StepSetup setup, ZeroSchedule schedule) {
        return setup.zero().stage() < 3
                ? 0
                : schedule.slots() * schedule.tensors().largestModule() + schedule.keptElements();
    }

    /** The largest gather's tensors whose parts do not fill them. */
    private static long staging(StepSetup setup, ZeroSchedule schedule) {
        if (schedule.shares().cut() != Cut.TENSOR) {
            return 0;
        }
        Stream<List<FlatTensor>> gathers =
                setup.zero().stage() < 3 ? Stream.of(schedule.tensors().all()) : schedule.gathers().stream();
        return gathers.mapToLong(group -> schedule.dealt(group.stream()
                        .filter(tensor -> schedule.ranks() * Shares.part(tensor, schedule.ranks()) != tensor.size())
                        .toList()))
                .max()
                .orElse(0);
    }

    /** Elements: of the largest module so often as gradients travel while the next ones are made; a tied embedding's apart. */
    private static long scratch(StepSetup setup, FlatTensors tensors, int times) {
        boolean tied = setup.model().family() == ModelFamily.GPT;
        long largest = 0;
        for (int module = tied ? 1 : 0; module < tensors.modules(); module++) {
            largest = Math.max(largest, tensors.elements(module));
        }
        return times * largest + (tied ? tensors.elements(0) : 0);
    }

    private static long largestBucket(ZeroSchedule schedule) {
        return schedule.buckets().stream()
                .mapToLong(bucket -> bucket.elements(schedule.ranks()))
                .max()
                .orElseThrow();
    }
}
