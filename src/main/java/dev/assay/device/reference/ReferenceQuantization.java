package dev.assay.device.reference;

import dev.assay.workload.ElementType;

/** What a tensor is multiplied by before it is rounded to FP8, in fp32 as {@code native/training_quantize.cu} has it. */
final class ReferenceQuantization {
    private static final float MOST = 0x1p126f;

    private ReferenceQuantization() {}

    /** A NaN stays one: no comparison with it is true. */
    static float factor(HostMemory x, long elements, ElementType type) {
        float largest = 0;
        for (long i = 0; i < elements; i++) {
            float size = Math.abs(x.get(i));
            if (size > largest || Float.isNaN(size)) {
                largest = size;
            }
        }
        float factor = largest == 0 ? 1 : largest(type) / largest;
        return factor > MOST ? MOST : factor;
    }

    private static float largest(ElementType type) {
        return type == ElementType.E4M3 ? 448 : 57_344;
    }
}
