package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.workload.Precision;

/** alpha, which is 1, and beta, 1 or 0, on the host in the precision's scale type. */
final class GemmScalars {
    private static final int BETA = Double.BYTES;

    private final Memory memory = new Memory(2L * Double.BYTES);

    /** @param accumulate whether C is added to: beta = 1 */
    GemmScalars(Precision precision, boolean accumulate) {
        memory.clear();
        write(0, precision, 1);
        write(BETA, precision, accumulate ? 1 : 0);
    }

    private void write(long at, Precision precision, int value) {
        switch (precision) {
            case BF16, FP16, TF32, FP32, FP8_E4M3, FP8_E5M2 -> memory.setFloat(at, value);
            case FP64 -> memory.setDouble(at, value);
            case INT8 -> memory.setInt(at, value);
        }
    }

    long alpha() {
        return Pointer.nativeValue(memory);
    }

    long beta() {
        return Pointer.nativeValue(memory) + BETA;
    }
}
