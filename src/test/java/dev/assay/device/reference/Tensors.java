package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Small tensors on the reference device. */
final class Tensors {
    private final Device device = new ReferenceDevice("n0", 0);
    private final Stream stream = device.newStream();
    private final Random random = new Random();

    TrainingKernels kernels() {
        return device.trainingKernels();
    }

    Stream stream() {
        return stream;
    }

    /** Exact in bf16. */
    double[] random(int count) {
        return random.doubles(count, -2, 2)
                .map(value -> Bf16.toFloat(Bf16.of((float) value)))
                .toArray();
    }

    DeviceMemory bytes(long bytes) {
        DeviceMemory memory = device.allocate(bytes);
        device.poison(memory, stream);
        return memory;
    }

    DeviceMemory words(int count) {
        return bytes(4L * count);
    }

    DeviceMemory poisonedBf16(int count) {
        return bytes(2L * count);
    }

    DeviceMemory bf16(double... values) {
        byte[] bytes = new byte[2 * values.length];
        ByteBuffer content = buffer(bytes);
        for (double value : values) {
            content.putShort(Bf16.of((float) value));
        }
        return holding(bytes);
    }

    DeviceMemory fp32(double... values) {
        byte[] bytes = new byte[4 * values.length];
        ByteBuffer content = buffer(bytes);
        for (double value : values) {
            content.putFloat((float) value);
        }
        return holding(bytes);
    }

    DeviceMemory ints(int... values) {
        byte[] bytes = new byte[4 * values.length];
        ByteBuffer content = buffer(bytes);
        for (int value : values) {
            content.putInt(value);
        }
        return holding(bytes);
    }

    double[] values(DeviceMemory memory) {
        ByteBuffer content = content(memory);
        double[] values = new double[content.capacity() / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = Bf16.toFloat(content.getShort(2 * i));
        }
        return values;
    }

    double[] floats(DeviceMemory memory) {
        ByteBuffer content = content(memory);
        double[] values = new double[content.capacity() / 4];
        for (int i = 0; i < values.length; i++) {
            values[i] = content.getFloat(4 * i);
        }
        return values;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** Central differences. */
    static double[] numeric(double[] at, ToDoubleFunction<double[]> loss) {
        double step = 1e-5;
        double[] gradient = new double[at.length];
        for (int i = 0; i < at.length; i++) {
            double[] moved = at.clone();
            moved[i] = at[i] + step;
            double up = loss.applyAsDouble(moved);
            moved[i] = at[i] - step;
            gradient[i] = (up - loss.applyAsDouble(moved)) / (2 * step);
        }
        return gradient;
    }

    /** To one rounding to bf16, 2⁻⁸ of the value, and what a difference of step 1e-5 leaves uncertain. */
    static void assertClose(double[] found, double... expected) {
        assertClose(found, 0x1p-8, expected);
    }

    static void assertClose(double[] found, double relative, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i]))
                    .as("element %d: %s against %s", i, found[i], expected[i])
                    .isLessThanOrEqualTo(relative * Math.abs(expected[i]) + 1e-6);
        }
    }

    private DeviceMemory holding(byte[] content) {
        DeviceMemory memory = device.allocate(content.length);
        memory.write(content);
        return memory;
    }

    private ByteBuffer content(DeviceMemory memory) {
        stream.synchronize(Duration.ofSeconds(10));
        return buffer(memory.read());
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
