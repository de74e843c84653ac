package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import dev.assay.workload.Precision;

/** alpha = 1 and beta = 0 on the host, in the precision's scale type. */
final class GemmScalars {
    private static final int BETA = Double.BYTES;

    private final Memory memory = new Memory(2L * Double.BYTES);

    GemmScalars(Precision precision) {
        memory.clear();
        switch (precision) {
            case BF16, FP16, TF32, FP32, FP8_E4M3, FP8_E5M2 -> memory.setFloat(0, 1);
            case FP64 -> memory.setDouble(0, 1);
            case INT8 -> memory.setInt(0, 1);
        }
    }

    long alpha() {
        return Pointer.nativeValue(memory);
    }

    /** All bits 0, which is 0 in any type. */
    long beta() {
        return Pointer.nativeValue(memory) + BETA;
    }
}
