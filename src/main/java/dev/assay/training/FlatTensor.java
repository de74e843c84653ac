package dev.assay.training;

/**
 * One tensor of weights as ZeRO handles it: what a DeepSpeed user's model has as one parameter.
 *
 * @param index place in the flat order
 * @param module the embedding is 0, layers follow, the head is last
 * @param offset elements before it
 * @param size elements; of the last tensor of a module with what lies between it and the next module
 */
public record FlatTensor(int index, int module, long offset, long size) {
    public FlatTensor {
        if (index < 0 || module < 0 || offset < 0 || size <= 0) {
            throw new IllegalArgumentException("flat tensor must have index, module, offset >= 0 and size > 0, got "
                    + index + ", " + module + ", " + offset + ", " + size);
        }
    }

    public long end() {
        return offset + size;
    }
}
