package dev.assay.training;

/**
 * The initial weights of a model as a function of seed, tensor and index, so that any shard computes its slice without the
 * rest, on any device, to the same bits.
 *
 * <p>Element i of the tensor with index p: key = seed ⊕ hash("weights" in ASCII, p); the generator's fine normal of (key, i),
 * an fp64; times the standard deviation in fp64; rounded to fp32 and then to bf16, each to nearest, ties to even. So every
 * precision, fp32 masters included, begins at the same numbers. Norms begin at one, biases at zero.
 *
 * <p>The standard deviation is 0.02, as in the {@code transformers} library for both families; a {@link ModelFamily#GPT}
 * model has its attention output and feed-forward down matrices at 0.02 / √(2 · layers), as GPT-2.
 */
public final class SeededWeights {
    /** Of matrices, embeddings and learned positions. */
    public static final double DEVIATION = 0.02;

    /** "weights" in ASCII: keeps the draws apart from those of tokens. */
    static final long WEIGHTS = 0x77656967687473L;

    private final ParameterLayout layout;
    private final long seed;

    public SeededWeights(ParameterLayout layout, long seed) {
        this.layout = layout;
        this.seed = seed;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** What the generator is given as seed for a tensor. */
    public long key(Parameter parameter) {
        return seed ^ SeededDraw.hash(WEIGHTS, parameter.index());
    }

    /** Standard deviation of a tensor's elements; 0 where all are alike. */
    public double deviation(Parameter parameter) {
        return switch (parameter.initial()) {
            case NORMAL -> DEVIATION;
            case RESIDUAL -> DEVIATION / Math.sqrt(2.0 * layout.shape().layers());
            case ONE, ZERO -> 0;
        };
    }

    /**
     * One element, a bf16 number.
     *
     * @param index row · columns + column
     */
    public float value(Parameter parameter, long index) {
        if (index < 0 || index >= parameter.size()) {
            throw new IllegalArgumentException("initial weight of " + parameter.name() + ": index must be in 0.."
                    + (parameter.size() - 1) + ", got " + index);
        }
        return switch (parameter.initial()) {
            case NORMAL, RESIDUAL ->
                SeededDraw.bf16((float) (SeededDraw.normal(key(parameter), index) * deviation(parameter)));
            case ONE -> 1;
            case ZERO -> 0;
        };
    }
}
