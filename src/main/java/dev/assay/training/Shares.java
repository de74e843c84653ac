package dev.assay.training;

import java.util.List;
import java.util.Optional;

/**
 * Which elements a rank keeps the optimizer's states of, and where in its own memory. All ranks' memory is equally long; what
 * no tensor fills stays zero.
 */
public final class Shares {
    /** How the flat order is cut. */
    public enum Cut {
        /** Every rank has all: stage 0. */
        WHOLE,
        /** One stretch of the flat order a rank, as DeepSpeed's stages 1 and 2 have it. */
        STRETCH,
        /** Of every tensor an equal part, as DeepSpeed's stage 3 has it; what reduce-scatter leaves of a tensor. */
        TENSOR
    }

    private final FlatTensors tensors;
    private final Cut cut;
    private final int ranks;
    private final long[] starts;
    private final long elements;

    private Shares(FlatTensors tensors, Cut cut, int ranks, long[] starts, long elements) {
        this.tensors = tensors;
        this.cut = cut;
        this.ranks = ranks;
        this.starts = starts;
        this.elements = elements;
    }

    static Shares of(FlatTensors tensors, Cut cut, int ranks) {
        List<FlatTensor> all = tensors.all();
        long[] starts = new long[all.size() + 1];
        for (FlatTensor tensor : all) {
            starts[tensor.index() + 1] = starts[tensor.index()] + part(tensor, ranks);
        }
        long elements = switch (cut) {
            case WHOLE -> tensors.total();
            case STRETCH -> part(tensors.total(), ranks);
            case TENSOR -> starts[all.size()];
        };
        return new Shares(tensors, cut, ranks, starts, elements);
    }

    /** Of one rank; a multiple of {@link FlatTensors#GRANULE}, so n parts may be more than there is. */
    public static long part(long elements, int ranks) {
        return FlatTensors.roundUp((elements + ranks - 1) / ranks);
    }

    /** Elements of a rank's part of a tensor that is dealt to all ranks. */
    public static long part(FlatTensor tensor, int ranks) {
        return part(tensor.size(), ranks);
    }

    public Cut cut() {
        return cut;
    }

    /** Of one rank. */
    public long elements() {
        return elements;
    }

    /**
     * A piece of the flat order in a rank's memory.
     *
     * @param from its first element in the flat order
     * @param at its first element in the rank's memory
     */
    public record Piece(long from, long elements, long at) {}

    /** What a rank keeps of the flat order's elements {@code from} to {@code end}, in order. */
    public List<Piece> within(long from, long end, int rank) {
        return switch (cut) {
            case WHOLE -> piece(from, end, 0, tensors.total(), 0).stream().toList();
            case STRETCH -> stretch(from, end, rank).stream().toList();
            case TENSOR ->
                tensors.all().stream()
                        .flatMap(tensor -> ofTensor(tensor, from, end, rank).stream())
                        .toList();
        };
    }

    private Optional<Piece> ofTensor(FlatTensor tensor, long from, long end, int rank) {
        long part = part(tensor, ranks);
        long first = tensor.offset() + rank * part;
        return piece(from, end, first, Math.min(first + part, tensor.end()), starts[tensor.index()]);
    }

    /** As {@link #within}, cut by stretches: nothing or one piece. */
    Optional<Piece> stretch(long from, long end, int rank) {
        return piece(from, end, rank * elements, (rank + 1) * elements, 0);
    }

    /** Where a tensor's part begins in a rank's memory, cut by tensors. */
    public long start(FlatTensor tensor) {
        return starts[tensor.index()];
    }

    private static Optional<Piece> piece(long from, long end, long first, long last, long at) {
        long begin = Math.max(from, first);
        long stop = Math.min(end, last);
        return begin < stop ? Optional.of(new Piece(begin, stop - begin, at + begin - first)) : Optional.empty();
    }
}
