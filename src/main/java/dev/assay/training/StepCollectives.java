package dev.assay.training;

import dev.assay.training.Collective.Behind;
import dev.assay.training.Collective.Kind;
import dev.assay.training.Collective.When;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * What travels between the GPUs in one optimizer step, in the order of issue. DeepSpeed 0.19.6 (deepspeedai/DeepSpeed at
 * edaa722: {@code stage_1_and_2.py}, {@code stage3.py}, {@code partitioned_param_coordinator.py}): stages 1 and 2 all-reduce
 * each bucket and keep a slice, stage 2 after every micro-batch; the weights are gathered at once after the optimizer,
 * whatever {@code allgather_bucket_size} says.
 */
public final class StepCollectives {
    /** Stage 0 reduces in buckets of this many elements, whatever the file says. */
    static final long STAGE_0_BUCKET = 500_000_000;
    /** Weights travel in bf16. */
    private static final int WEIGHT_BYTES = 2;
    /** The square of the gradients' norm, one float32. */
    private static final long NORM_BYTES = 4;

    private StepCollectives() {}

    /** None at all on one GPU. */
    public static List<Collective> of(StepSetup setup, int gpus) {
        if (gpus < 1) {
            throw new IllegalArgumentException("gpus must be ≥ 1, got " + gpus);
        }
        if (gpus == 1) {
            return List.of();
        }
        List<Collective> list = new ArrayList<>();
        switch (setup.zero().stage()) {
            case 0 -> list.add(unshardedGradients(setup));
            case 3 -> stage3(setup, list);
            default -> {
                list.add(shardedGradients(setup, gpus));
                list.add(call(
                        Kind.ALL_GATHER, "weights", setup.model().parameters() * WEIGHT_BYTES, When.AFTER_OPTIMIZER));
            }
        }
        list.add(call(Kind.ALL_REDUCE, "gradient norm", NORM_BYTES, When.AFTER_BACKWARD));
        return List.copyOf(list);
    }

    /** Of a step: its time without latencies is this divided by the bus bandwidth. */
    public static double busBytes(StepSetup setup, int gpus) {
        return of(setup, gpus).stream().mapToDouble(each -> each.busBytes(gpus)).sum();
    }

    private static Collective unshardedGradients(StepSetup setup) {
        boolean ideal = setup.collectives() == CollectiveMode.IDEAL;
        return many(
                Kind.ALL_REDUCE,
                "gradients",
                gradientBuckets(setup, STAGE_0_BUCKET),
                setup.wireBytes(),
                ideal ? When.LAST_MICRO_BATCH : When.AFTER_BACKWARD,
                ideal ? Behind.BACKWARD : Behind.NOTHING);
    }

    private static Collective shardedGradients(StepSetup setup, int gpus) {
        ZeroSetup zero = setup.zero();
        boolean each = zero.stage() == 2;
        Kind kind = setup.collectives() == CollectiveMode.IDEAL
                ? Kind.REDUCE_SCATTER
                : zero.multiRank() ? Kind.ALL_REDUCE : Kind.REDUCE;
        Collective once = many(
                kind,
                "gradients",
                gradientBuckets(setup, zero.reduceBucket()),
                setup.wireBytes(),
                each ? When.EVERY_MICRO_BATCH : When.LAST_MICRO_BATCH,
                zero.overlap() ? Behind.BACKWARD : Behind.NOTHING);
        Collective toRanks = kind == Kind.REDUCE ? split(once, gpus) : once;
        return each ? toRanks.times(setup.accumulation()) : toRanks;
    }

    /** A reduce to each rank of its share of every bucket. */
    private static Collective split(Collective buckets, int gpus) {
        return new Collective(
                buckets.kind(),
                buckets.purpose(),
                buckets.calls() * gpus,
                buckets.bytes(),
                Math.max(1, buckets.largest() / gpus),
                buckets.when(),
                buckets.behind());
    }

    private static void stage3(StepSetup setup, List<Collective> list) {
        ZeroSetup zero = setup.zero();
        List<Long> gathers = gathers(setup);
        for (String pass : List.of("weights, forward", "weights, backward")) {
            if (!gathers.isEmpty()) {
                list.add(many(Kind.ALL_GATHER, pass, gathers, WEIGHT_BYTES, When.EVERY_MICRO_BATCH, Behind.COMPUTING)
                        .times(setup.accumulation()));
            }
        }
        boolean ideal = setup.collectives() == CollectiveMode.IDEAL;
        list.add(many(
                        ideal || zero.reduceScatter() ? Kind.REDUCE_SCATTER : Kind.ALL_REDUCE,
                        "gradients",
                        ideal ? layers(setup.model(), 0) : gradientBuckets(setup, zero.reduceBucket()),
                        setup.wireBytes(),
                        When.EVERY_MICRO_BATCH,
                        zero.overlap() ? Behind.COMPUTING : Behind.NOTHING)
                .times(setup.accumulation()));
        long small = persistent(setup);
        if (small > 0) {
            list.add(call(Kind.ALL_GATHER, "small weights", small * WEIGHT_BYTES, When.AFTER_OPTIMIZER));
        }
    }

    /** Elements of tensors that stage 3 leaves whole on every GPU. */
    static long persistent(StepSetup setup) {
        return ParameterSizes.all(setup.model())
                .filter(size -> size < setup.zero().persistenceThreshold())
                .mapToLong(Long::longValue)
                .sum();
    }

    private static List<Long> gathers(StepSetup setup) {
        ZeroSetup zero = setup.zero();
        if (setup.collectives() == CollectiveMode.IDEAL) {
            return layers(setup.model(), zero.persistenceThreshold());
        }
        List<Long> groups = new ArrayList<>();
        long group = 0;
        for (long size : sharded(setup.model(), zero.persistenceThreshold()).toList()) {
            group += size;
            if (group >= zero.prefetchBucket()) {
                groups.add(group);
                group = 0;
            }
        }
        if (group > 0) {
            groups.add(group);
        }
        return groups;
    }

    private static List<Long> layers(ModelShape model, long persistenceThreshold) {
        return ParameterSizes.modules(model).stream()
                .map(module -> module.stream()
                        .filter(size -> size >= persistenceThreshold)
                        .mapToLong(Long::longValue)
                        .sum())
                .filter(size -> size > 0)
                .toList();
    }

    private static Stream<Long> sharded(ModelShape model, long persistenceThreshold) {
        return ParameterSizes.all(model).filter(size -> size >= persistenceThreshold);
    }

    /** In the order of backward: a bucket leaves when the next tensor has no room in it; a larger tensor leaves alone. */
    private static List<Long> gradientBuckets(StepSetup setup, long most) {
        List<Long> sizes = new ArrayList<>(ParameterSizes.all(setup.model()).toList());
        Collections.reverse(sizes);
        List<Long> buckets = new ArrayList<>();
        long bucket = 0;
        for (long size : sizes) {
            if (bucket > 0 && bucket + size > most) {
                buckets.add(bucket);
                bucket = 0;
            }
            bucket += size;
        }
        buckets.add(bucket);
        return buckets;
    }

    private static Collective many(
            Kind kind, String purpose, List<Long> elements, int bytes, When when, Behind behind) {
        long all = elements.stream().mapToLong(Long::longValue).sum();
        long largest = Collections.max(elements);
        return new Collective(kind, purpose, elements.size(), all * bytes, largest * bytes, when, behind);
    }

    private static Collective call(Kind kind, String purpose, long bytes, When when) {
        return new Collective(kind, purpose, 1, bytes, bytes, when, Behind.NOTHING);
    }
}
