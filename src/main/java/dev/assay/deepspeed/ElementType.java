package dev.assay.deepspeed;

/** Of gradients while they are accumulated and while they travel. */
public enum ElementType {
    BF16(2),
    FP32(4);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    public int bytes() {
        return bytes;
    }
}
