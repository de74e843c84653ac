package dev.assay.training;

import dev.assay.training.Collective.Kind;
import java.util.List;

/**
 * Gradients that leave together: neighbours in the flat order, so one stretch of it. A reduce-scatter is one operation of all
 * its tensors, each with zeros behind it up to n equal parts.
 *
 * @param tensors in the flat order
 * @param calls in order; a reduce-scatter has one
 */
public record GradientBucket(List<FlatTensor> tensors, Kind kind, List<Call> calls) {
    public GradientBucket {
        tensors = List.copyOf(tensors);
        calls = List.copyOf(calls);
    }

    /**
     * @param from first element, in the flat order
     * @param elements that travel
     * @param root of a reduce, otherwise 0
     */
    public record Call(long from, long elements, int root) {}

    /** The first element. */
    public long start() {
        return tensors.get(0).offset();
    }

    public long end() {
        return tensors.get(tensors.size() - 1).end();
    }

    /** Of the memory that it travels from. */
    public long elements(int ranks) {
        return kind == Kind.REDUCE_SCATTER ? dealt(tensors, ranks) : end() - start();
    }

    /** Elements of tensors with what fills them up to n equal parts. */
    static long dealt(List<FlatTensor> tensors, int ranks) {
        return tensors.stream()
                .mapToLong(tensor -> ranks * Shares.part(tensor, ranks))
                .sum();
    }
}
