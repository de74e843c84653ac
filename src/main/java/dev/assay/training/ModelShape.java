package dev.assay.training;

/**
 * A decoder-only transformer. Counts are of parameters, not bytes.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; fewer than {@code heads}: grouped-query attention
 * @param headSize width of one head
 * @param feedForward inner width of the feed-forward part
 * @param vocabulary rows of the embedding, padding included
 * @param positions the longest sequence; only {@link ModelFamily#GPT} keeps parameters for it
 * @param ropeBase of the angles by which positions turn, which only {@link ModelFamily#LLAMA} does; above 1
 */
public record ModelShape(
        ModelFamily family,
        int layers,
        int hidden,
        int heads,
        int kvHeads,
        int headSize,
        int feedForward,
        int vocabulary,
        int positions,
        double ropeBase) {
    /** Llama 2's. Llama 3 has 500 000: other angles, the same work. */
    public static final double ROPE_BASE = 10_000;

    public ModelShape {
        if (layers <= 0
                || hidden <= 0
                || heads <= 0
                || kvHeads <= 0
                || headSize <= 0
                || feedForward <= 0
                || vocabulary <= 0
                || positions <= 0) {
            throw new IllegalArgumentException("model must have every size > 0, got layers " + layers + ", hidden "
                    + hidden + ", heads " + heads + ", kvHeads " + kvHeads + ", headSize " + headSize + ", feedForward "
                    + feedForward + ", vocabulary " + vocabulary + ", positions " + positions);
        }
        if (!(ropeBase > 1 && ropeBase < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("model must have a finite ropeBase > 1, got " + ropeBase);
        }
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "model must have heads in multiples of kvHeads, got " + heads + " and " + kvHeads);
        }
        if (family == ModelFamily.GPT && kvHeads != heads) {
            throw new IllegalArgumentException(
                    "a gpt model must have as many kvHeads as heads, got " + kvHeads + " and " + heads);
        }
    }

    /** With Llama 2's rotary positions, or none. */
    public ModelShape(
            ModelFamily family,
            int layers,
            int hidden,
            int heads,
            int kvHeads,
            int headSize,
            int feedForward,
            int vocabulary,
            int positions) {
        this(family, layers, hidden, heads, kvHeads, headSize, feedForward, vocabulary, positions, ROPE_BASE);
    }

    /** Width of all query heads together. */
    public int queryWidth() {
        return heads * headSize;
    }

    /** Width of all key heads together, and of all value heads. */
    public int kvWidth() {
        return kvHeads * headSize;
    }

    /** Parameters of one layer's matrices, all of which take part in GEMMs. */
    public long layerMatrices() {
        long attention = (long) hidden * (queryWidth() + 2L * kvWidth()) + (long) queryWidth() * hidden;
        long matrices = family == ModelFamily.LLAMA ? 3 : 2;
        return attention + matrices * hidden * feedForward;
    }

    /** Parameters of one layer's norms and biases. */
    public long layerVectors() {
        if (family == ModelFamily.LLAMA) {
            return 2L * hidden;
        }
        long biases = (long) queryWidth() + 2L * kvWidth() + hidden + feedForward + hidden;
        return 4L * hidden + biases;
    }

    /** Of the embedding; the head is as large. */
    public long embedding() {
        return (long) vocabulary * hidden;
    }

    /** All parameters. */
    public long parameters() {
        long layerParameters = (long) layers * (layerMatrices() + layerVectors());
        return family == ModelFamily.LLAMA
                ? layerParameters + 2 * embedding() + hidden
                : layerParameters + embedding() + (long) positions * hidden + 2L * hidden;
    }

    /** Parameters that take part in GEMMs: the layers' matrices and the head. */
    public long matmulParameters() {
        return (long) layers * layerMatrices() + embedding();
    }
}
