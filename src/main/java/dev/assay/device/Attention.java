package dev.assay.device;

/**
 * What attention reads and writes; its gradient needs all of it.
 *
 * @param out bf16, its rows close to each other
 * @param lse fp32 log Σ exp of the scaled products, {@link AttentionShape#statistics}
 */
public record Attention(AttentionShape shape, Qkv qkv, DeviceMemory out, DeviceMemory lse) {
    /** With the shape's strides; their gradients lie alike. */
    public record Qkv(DeviceMemory query, DeviceMemory key, DeviceMemory value) {}
}
