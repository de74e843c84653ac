package dev.assay.training;

/**
 * One parameter tensor of a model. Matrices are row-major with outputs as rows and inputs as columns, as in PyTorch's
 * {@code Linear}: y = x · Wᵀ. A vector is one row.
 *
 * @param index place in the order of {@link ParameterLayout}
 * @param name e.g. {@code layers.3.attention.query}
 * @param offset parameters before it in the flat order
 */
public record Parameter(int index, String name, int rows, int columns, long offset, Initial initial) {
    public Parameter {
        if (index < 0 || name.isBlank() || rows <= 0 || columns <= 0 || offset < 0) {
            throw new IllegalArgumentException(
                    "parameter tensor '" + name + "' must have a name, index and offset >= 0 and"
                            + " sizes > 0, got index " + index + ", offset " + offset + ", " + rows + " × " + columns);
        }
    }

    public long size() {
        return (long) rows * columns;
    }

    /** The flat index after its last element. */
    public long end() {
        return offset + size();
    }
}
