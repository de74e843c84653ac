package dev.assay.device;

import dev.assay.workload.Memtest;
import dev.assay.workload.MemtestPattern;

/**
 * What one step of a memory test writes: a function of the word's place alone, the same on every device.
 *
 * @param parameter the bit's place, the constant, nothing, or the seed
 * @param inverted every bit is the other
 */
public record TestWords(MemtestPattern pattern, long parameter, boolean inverted) {
    private static final long[] CONSTANTS = {0, 0x5555555555555555L, 0x3333333333333333L, 0x0F0F0F0F0F0F0F0FL};

    /** @param seed of this pass, for random words */
    public static TestWords of(Memtest memtest, MemtestPattern pattern, int step, long seed) {
        long parameter = switch (pattern) {
            case WALKING_BITS -> (long) step * (Long.SIZE / memtest.walkingSteps());
            case MOVING_INVERSIONS -> CONSTANTS[step];
            case ADDRESS_IN_ADDRESS -> 0;
            case RANDOM -> seed;
        };
        return new TestWords(pattern, parameter, false);
    }

    public TestWords inverse() {
        return new TestWords(pattern, parameter, !inverted);
    }

    /** @param place of the 64-bit word in the region under test, counted in words */
    public long word(long place) {
        long word = switch (pattern) {
            case WALKING_BITS -> 1L << ((place + parameter) & (Long.SIZE - 1));
            case MOVING_INVERSIONS -> parameter;
            case ADDRESS_IN_ADDRESS -> Long.BYTES * place;
            case RANDOM -> Counter.hash(parameter, place);
        };
        return inverted ? ~word : word;
    }
}
