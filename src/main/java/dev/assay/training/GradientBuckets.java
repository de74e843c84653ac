package dev.assay.training;

import dev.assay.training.Collective.Kind;
import dev.assay.training.GradientBucket.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How a step's gradients are cut into buckets: DeepSpeed's rules, and those of the ideal mode. */
final class GradientBuckets {
    private final StepSetup setup;
    private final FlatTensors tensors;
    private final Shares shares;
    private final int ranks;

    private GradientBuckets(StepSetup setup, FlatTensors tensors, Shares shares, int ranks) {
        this.setup = setup;
        this.tensors = tensors;
        this.shares = shares;
        this.ranks = ranks;
    }

    /** In the order in which they leave. */
    static List<GradientBucket> of(StepSetup setup, FlatTensors tensors, Shares shares, int ranks) {
        return new GradientBuckets(setup, tensors, shares, ranks).all();
    }

    private List<GradientBucket> all() {
        ZeroSetup zero = setup.zero();
        boolean ideal = setup.collectives() == CollectiveMode.IDEAL;
        List<List<FlatTensor>> groups;
        if (zero.stage() == 0) {
            groups = ideal ? backward(StepCollectives.STAGE_0_BUCKET) : overfull(StepCollectives.STAGE_0_BUCKET);
        } else if (ideal && zero.stage() == 3) {
            groups = modules();
        } else {
            groups = zero.stage() == 1 && !zero.overlap() && !ideal
                    ? greedy(tensors.all(), zero.reduceBucket())
                    : backward(zero.reduceBucket());
        }
        return groups.stream().map(this::bucket).toList();
    }

    /** A bucket leaves when the next tensor has no room in it; a larger tensor leaves alone. */
    private static List<List<FlatTensor>> greedy(List<FlatTensor> order, long most) {
        List<List<FlatTensor>> groups = new ArrayList<>();
        List<FlatTensor> group = new ArrayList<>();
        long elements = 0;
        for (FlatTensor tensor : order) {
            if (!group.isEmpty() && elements + tensor.size() > most) {
                groups.add(group);
                group = new ArrayList<>();
                elements = 0;
            }
            group.add(tensor);
            elements += tensor.size();
        }
        groups.add(group);
        return groups;
    }

    private List<List<FlatTensor>> backward(long most) {
        List<FlatTensor> order = new ArrayList<>(tensors.all());
        Collections.reverse(order);
        List<List<FlatTensor>> groups = greedy(order, most);
        groups.forEach(Collections::reverse);
        return groups;
    }

    /** The engine's own reduction of stage 0, after backward and in forward's order: a bucket leaves when it has more. */
    private List<List<FlatTensor>> overfull(long most) {
        List<List<FlatTensor>> groups = new ArrayList<>();
        List<FlatTensor> group = new ArrayList<>();
        long elements = 0;
        for (FlatTensor tensor : tensors.all()) {
            group.add(tensor);
            elements += tensor.size();
            if (elements > most) {
                groups.add(group);
                group = new ArrayList<>();
                elements = 0;
            }
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    private List<List<FlatTensor>> modules() {
        List<List<FlatTensor>> groups = new ArrayList<>();
        for (int module = tensors.modules() - 1; module >= 0; module--) {
            groups.add(tensors.ofModule(module));
        }
        return groups;
    }

    private GradientBucket bucket(List<FlatTensor> group) {
        long start = group.get(0).offset();
        long elements = group.get(group.size() - 1).end() - start;
        Kind kind = kind(elements);
        List<Call> calls = switch (kind) {
            case ALL_REDUCE -> split(start, elements);
            case REDUCE -> toRanks(start, elements);
            case REDUCE_SCATTER -> List.of(new Call(start, GradientBucket.dealt(group, ranks), 0));
            case ALL_GATHER -> throw new IllegalStateException("gradients are not gathered");
        };
        return new GradientBucket(group, kind, calls);
    }

    private Kind kind(long elements) {
        ZeroSetup zero = setup.zero();
        boolean ideal = setup.collectives() == CollectiveMode.IDEAL;
        return switch (zero.stage()) {
            case 0 -> Kind.ALL_REDUCE;
            case 3 ->
                ideal || zero.reduceScatter() || elements > zero.reduceBucket() ? Kind.REDUCE_SCATTER : Kind.ALL_REDUCE;
            default ->
                ideal ? Kind.REDUCE_SCATTER : zero.reduceScatter() && !zero.multiRank() ? Kind.REDUCE : Kind.ALL_REDUCE;
        };
    }

    /**
     * One call, but for a tensor that is larger than a bucket and of several ranks' stretches: stages 1 and 2 cut it where a
     * stretch ends and more than a bucket has come together.
     */
    private List<Call> split(long start, long elements) {
        long most = setup.zero().reduceBucket();
        if (shares.cut() != Shares.Cut.STRETCH || !setup.zero().reduceScatter() || elements <= most) {
            return List.of(new Call(start, elements, 0));
        }
        List<Call> calls = new ArrayList<>();
        long from = start;
        for (Call part : toRanks(start, elements)) {
            long end = part.from() + part.elements();
            if (end - from > most || end == start + elements) {
                calls.add(new Call(from, end - from, 0));
                from = end;
            }
        }
        return calls;
    }

    /** To each rank what is of its stretch. */
    private List<Call> toRanks(long start, long elements) {
        List<Call> calls = new ArrayList<>();
        for (int rank = 0; rank < ranks; rank++) {
            int root = rank;
            shares.stretch(start, start + elements, rank)
                    .ifPresent(piece -> calls.add(new Call(piece.from(), piece.elements(), root)));
        }
        return calls;
    }
}
