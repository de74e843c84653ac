package dev.assay.training;

/**
 * Token ids as a function of seed, sequence and position. Sequences are numbered over the whole run, so any rank draws its
 * own; a caller who wants repeated data repeats sequence numbers.
 *
 * <p>Token t of sequence s is uniform in the vocabulary, padding included: (hash(seed ⊕ hash("tokens" in ASCII, s), t) ≫ 33)
 * mod vocabulary. The targets are the tokens one position further, so a sequence of length S draws S + 1 tokens and every
 * position has a target.
 */
public final class SeededTokens {
    /** "tokens" in ASCII. */
    static final long TOKENS = 0x746F6B656E73L;

    private final int vocabulary;
    private final long seed;

    public SeededTokens(int vocabulary, long seed) {
        if (vocabulary <= 0) {
            throw new IllegalArgumentException("token ids: vocabulary must be > 0, got " + vocabulary);
        }
        this.vocabulary = vocabulary;
        this.seed = seed;
    }

    /** In [0, vocabulary). */
    public int token(long sequence, int position) {
        return SeededDraw.below(vocabulary, seed ^ SeededDraw.hash(TOKENS, sequence), position);
    }

    /** Sequences {@code first}, {@code first + 1}, …, each of {@code length} positions. */
    public MicroBatch microBatch(long first, int sequences, int length) {
        int[] tokens = new int[Math.multiplyExact(sequences, length)];
        int[] targets = new int[tokens.length];
        for (int sequence = 0; sequence < sequences; sequence++) {
            for (int position = 0; position < length; position++) {
                int at = sequence * length + position;
                tokens[at] = token(first + sequence, position);
                targets[at] = token(first + sequence, position + 1);
            }
        }
        return new MicroBatch(sequences, length, tokens, targets);
    }
}
