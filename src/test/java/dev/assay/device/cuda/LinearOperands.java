package dev.assay.device.cuda;

import dev.assay.device.Bf16;
import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.LinearDefinition;
import dev.assay.device.Stream;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Matrices of a linear layer's GEMM on a GPU, any element of which can be made again on the host. */
final class LinearOperands implements AutoCloseable {
    final LinearGemm gemm;
    final DeviceMemory a;
    final DeviceMemory b;
    final DeviceMemory c;
    private final Device device;
    private final Stream stream;
    private final long seed;

    LinearOperands(Device device, LinearGemm gemm, long seed, Stream stream) {
        this.device = device;
        this.gemm = gemm;
        this.seed = seed;
        this.stream = stream;
        a = device.allocate(gemm.bytesOfA());
        b = device.allocate(gemm.bytesOfB());
        c = device.allocate(gemm.bytesOfC());
        device.fillMatrix(a, gemm.precision().a(), gemm.elementsOfA(), seed, stream);
        device.fillMatrix(b, gemm.precision().b(), gemm.elementsOfB(), seed + 1, stream);
        resetC();
    }

    /** Normal where it is added to, NaN where it is not read. */
    void resetC() {
        if (gemm.accumulate()) {
            device.fillMatrix(c, gemm.output(), gemm.elementsOfC(), seed + 2, stream);
        } else {
            device.poison(c, stream);
        }
    }

    /** What an element of C must be, before its rounding; of bf16 operands. */
    double exact(long at) {
        double sum = LinearDefinition.element(gemm, i -> bf16(seed, i), i -> bf16(seed + 1, i), at);
        return before(at) + sum;
    }

    /** What C held before the product was added; 0 where nothing is added. */
    double before(long at) {
        if (!gemm.accumulate()) {
            return 0;
        }
        return gemm.output() == ElementType.BF16 ? bf16(seed + 2, at) : (float) Counter.fineNormal(seed + 2, at);
    }

    /** What it is. */
    double found(long at) {
        int width = gemm.output().bytes();
        ByteBuffer bytes = ByteBuffer.wrap(c.slice(at * width, width).read()).order(ByteOrder.LITTLE_ENDIAN);
        return gemm.output() == ElementType.BF16 ? Bf16.toFloat(bytes.getShort()) : bytes.getFloat();
    }

    private static float bf16(long seed, long i) {
        return Bf16.toFloat(Counter.bf16Normal(seed, i));
    }

    @Override
    public void close() {
        a.close();
        b.close();
        c.close();
    }
}
