package dev.assay.device.cuda;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongFunction;

/** Runs an operation on the reference device and on the one under test. */
final class TrainingBench {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Device reference = new ReferenceDevice("n0", 0);
    private final Stream referenceStream = reference.newStream();
    private final TrainingKernels kernels;
    private final Stream stream;
    private final LongFunction<DeviceMemory> memory;
    final Random random = new Random();

    TrainingBench(TrainingKernels kernels, Stream stream, LongFunction<DeviceMemory> memory) {
        this.kernels = kernels;
        this.stream = stream;
        this.memory = memory;
    }

    /** One call; {@code of} gives the memory of a twin that belongs to the side. */
    interface Call {
        void on(TrainingKernels kernels, Function<Twin, DeviceMemory> of, Stream stream);
    }

    void run(Call call) {
        call.on(reference.trainingKernels(), Twin::expected, referenceStream);
        referenceStream.synchronize(DEADLINE);
        runTested(call);
    }

    void runTested(Call call) {
        call.on(kernels, Twin::found, stream);
        stream.synchronize(DEADLINE);
    }

    Twin normal(long elements) {
        return normal(elements, 0, 1);
    }

    Twin normal(long elements, double mean, double deviation) {
        return Twin.bf16(reference, memory, elements, i -> mean + deviation * random.nextGaussian());
    }

    Twin bf16(long elements, IntToDoubleFunction values) {
        return Twin.bf16(reference, memory, elements, values);
    }

    /** @param type bf16 or fp32 */
    Twin normal(ElementType type, long elements) {
        return type == ElementType.BF16 ? normal(elements) : fp32(elements, 0, 1);
    }

    Twin fp32(long elements, double mean, double deviation) {
        return Twin.fp32(reference, memory, elements, i -> mean + deviation * random.nextGaussian());
    }

    /** Of squares: not negative. */
    Twin squares(long elements, double deviation) {
        return Twin.fp32(reference, memory, elements, i -> Math.pow(deviation * random.nextGaussian(), 2));
    }

    Twin floats(double... values) {
        return Twin.fp32(reference, memory, values.length, i -> values[i]);
    }

    Twin ints(int... values) {
        return Twin.int32(reference, memory, values);
    }

    Twin tokens(long count, int vocabulary) {
        return ints(random.ints(count, 0, vocabulary).toArray());
    }

    Twin poisoned(long bytes) {
        return Twin.poisoned(reference, memory, bytes);
    }

    Twin poisonedBf16(long elements) {
        return poisoned(2 * elements);
    }
}
