package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The collectives. Rank 0 is the root of those that have one. Elements count the larger buffer, as nccl-tests does; a share is
 * one rank's part of it.
 */
public enum CollectiveOperation {
    @JsonProperty("all-reduce")
    ALL_REDUCE,
    @JsonProperty("all-gather")
    ALL_GATHER,
    @JsonProperty("reduce-scatter")
    REDUCE_SCATTER,
    @JsonProperty("broadcast")
    BROADCAST,
    @JsonProperty("reduce")
    REDUCE,
    @JsonProperty("all-to-all")
    ALL_TO_ALL,
    /** A ring shift: every rank sends to the next and receives from the previous one. */
    @JsonProperty("send-receive")
    SEND_RECEIVE,
    @JsonProperty("gather")
    GATHER,
    @JsonProperty("scatter")
    SCATTER;

    public static final int ROOT = 0;

    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean reduces() {
        return this == ALL_REDUCE || this == REDUCE_SCATTER || this == REDUCE;
    }

    /** Whether some buffer consists of one share a rank. */
    public boolean shares() {
        return switch (this) {
            case ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL, GATHER, SCATTER -> true;
            case ALL_REDUCE, BROADCAST, REDUCE, SEND_RECEIVE -> false;
        };
    }

    /** Whether input and output may lie in one buffer. */
    public boolean inPlace() {
        return switch (this) {
            case ALL_REDUCE, ALL_GATHER, REDUCE_SCATTER, BROADCAST, REDUCE -> true;
            case ALL_TO_ALL, SEND_RECEIVE, GATHER, SCATTER -> false;
        };
    }

    public long sendElements(long elements, int ranks) {
        return this == ALL_GATHER || this == GATHER ? elements / ranks : elements;
    }

    public long receiveElements(long elements, int ranks) {
        return this == REDUCE_SCATTER || this == SCATTER ? elements / ranks : elements;
    }

    /** Bus bandwidth over bytes / time: what the busiest link must carry at least. */
    public double busFactor(int ranks) {
        return switch (this) {
            case ALL_REDUCE -> 2.0 * (ranks - 1) / ranks;
            case ALL_GATHER, REDUCE_SCATTER, ALL_TO_ALL, GATHER, SCATTER -> (ranks - 1.0) / ranks;
            case BROADCAST, REDUCE, SEND_RECEIVE -> 1;
        };
    }

    /** Whether a rank receives nothing, so that its input is what must still be whole. */
    public boolean receivesNothing(int rank) {
        return (this == REDUCE || this == GATHER) && rank != ROOT;
    }

    /** What a rank must hold in the end: in its output, or in its input where it {@link #receivesNothing}. */
    public List<CollectivePiece> expected(int rank, int ranks, long elements) {
        long share = elements / ranks;
        if (receivesNothing(rank)) {
            return List.of(from(rank, 0, sendElements(elements, ranks), 0));
        }
        return switch (this) {
            case ALL_REDUCE, REDUCE -> List.of(new CollectivePiece(0, elements, OptionalInt.empty(), 0));
            case REDUCE_SCATTER -> List.of(new CollectivePiece(0, share, OptionalInt.empty(), rank * share));
            case ALL_GATHER, GATHER ->
                IntStream.range(0, ranks)
                        .mapToObj(source -> from(source, source * share, share, 0))
                        .toList();
            case ALL_TO_ALL ->
                IntStream.range(0, ranks)
                        .mapToObj(source -> from(source, source * share, share, rank * share))
                        .toList();
            case BROADCAST -> List.of(from(ROOT, 0, elements, 0));
            case SEND_RECEIVE -> List.of(from(Math.floorMod(rank - 1, ranks), 0, elements, 0));
            case SCATTER -> List.of(from(ROOT, 0, share, rank * share));
        };
    }

    private static CollectivePiece from(int source, long at, long elements, long index) {
        return new CollectivePiece(at, elements, OptionalInt.of(source), index);
    }
}
