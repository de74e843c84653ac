package dev.assay.training;

/**
 * What one forward and backward pass sees: sequences of equal length, each position with its token and the token that
 * should follow. Row {@code sequence · length + position} of every activation belongs to that position. No position is
 * masked: every one counts in the loss.
 */
public final class MicroBatch {
    private final int sequences;
    private final int length;
    private final int[] tokens;
    private final int[] targets;

    public MicroBatch(int sequences, int length, int[] tokens, int[] targets) {
        if (sequences <= 0 || length <= 0) {
            throw new IllegalArgumentException("micro-batch must have sequences and length > 0, got " + sequences
                    + " sequences of length " + length);
        }
        int size = Math.multiplyExact(sequences, length);
        if (tokens.length != size || targets.length != size) {
            throw new IllegalArgumentException("micro-batch of " + sequences + " × " + length + " must have " + size
                    + " tokens and as many targets, got " + tokens.length + " and " + targets.length);
        }
        this.sequences = sequences;
        this.length = length;
        this.tokens = tokens.clone();
        this.targets = targets.clone();
    }

    public int sequences() {
        return sequences;
    }

    /** Positions of one sequence. */
    public int length() {
        return length;
    }

    /** Positions of all sequences, each of which counts in the loss. */
    public int size() {
        return tokens.length;
    }

    /** Shape [sequences, length]. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Shape [sequences, length]. */
    public int[] targets() {
        return targets.clone();
    }
}
