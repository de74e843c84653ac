package dev.assay.training;

import java.util.Locale;

/** In what the matrices of the layers multiply, forward and backward; embedding, head, attention and all else are bf16 anyway. */
public enum MatrixPrecision {
    BF16,
    /**
     * Not DeepSpeed's: operands rounded to FP8 with one scale a tensor, made anew from its largest element before each use;
     * forward e4m3 × e4m3, gradients of outputs e5m2 × e4m3. Products, master weights, optimizer and collectives stay as they are.
     */
    FP8;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Dense operations in the time of one in bf16. */
    public int rateOverBf16() {
        return switch (this) {
            case BF16 -> 1;
            case FP8 -> 2;
        };
    }
}
