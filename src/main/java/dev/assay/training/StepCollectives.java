package dev.assay.training;

import dev.assay.training.Collective.Behind;
import dev.assay.training.Collective.Kind;
import dev.assay.training.Collective.When;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
    /** Purpose of what is gathered a third time, between a layer's second forward and its backward. */
    public static final String RECOMPUTED = "weights, recomputed";
    /** Purpose of the last. */
    static final String NORM = "gradient norm";
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
        ZeroSchedule schedule = ZeroSchedule.of(setup, gpus);
        List<Collective> list = new ArrayList<>();
        if (setup.zero().stage() == 3) {
            gathers(setup, schedule, list);
        }
        gradients(setup, schedule, list);
        weights(setup, schedule, list);
        list.add(new Collective(Kind.ALL_REDUCE, NORM, 1, NORM_BYTES, NORM_BYTES, When.AFTER_BACKWARD, Behind.NOTHING));
        return List.copyOf(list);
    }

    /** Of a step: its time without latencies is this divided by the bus bandwidth. */
    public static double busBytes(StepSetup setup, int gpus) {
        return of(setup, gpus).stream().mapToDouble(each -> each.busBytes(gpus)).sum();
    }

    /**
     * Bytes that leave (and as many that enter) a node in one step where all goes by rings, each of which leaves a node once:
     * over every hop go 2(n−1)/n of an all-reduce's bytes and (n−1)/n of a gather's or reduce-scatter's. A reduce's chain ends at
     * its root: (n−1)/n of its bytes on the mean of all hops.
     */
    public static double ringBytesPerNode(StepSetup setup, int nodes, int gpusPerNode) {
        int gpus = nodes * gpusPerNode;
        return nodes < 2
                ? 0
                : of(setup, gpus).stream()
                        .mapToDouble(each -> ringBytes(each, gpus))
                        .sum();
    }

    /**
     * The same on the mean of all nodes where all-reduces go by trees over the nodes, whose GPUs reduce among themselves first:
     * 2(k−1)/k of their bytes. NCCL has trees for no other collective here.
     */
    public static double treeBytesPerNode(StepSetup setup, int nodes, int gpusPerNode) {
        int gpus = nodes * gpusPerNode;
        return nodes < 2
                ? 0
                : of(setup, gpus).stream()
                        .mapToDouble(each -> each.kind() == Kind.ALL_REDUCE
                                ? each.bytes() * 2.0 * (nodes - 1) / nodes
                                : ringBytes(each, gpus))
                        .sum();
    }

    private static double ringBytes(Collective collective, int gpus) {
        return collective.kind() == Kind.REDUCE ? collective.bytes() * (gpus - 1.0) / gpus : collective.busBytes(gpus);
    }

    private static void gathers(StepSetup setup, ZeroSchedule schedule, List<Collective> list) {
        Map<String, List<List<FlatTensor>>> passes = new LinkedHashMap<>();
        passes.put("weights, forward", schedule.gathers(schedule.forward()));
        passes.put("weights, backward", schedule.gathers(schedule.gatheredAgain()));
        passes.put(RECOMPUTED, schedule.gathersBehindRecomputation());
        passes.forEach((purpose, groups) -> many(
                        Kind.ALL_GATHER,
                        purpose,
                        groups.stream().map(schedule::dealt).toList(),
                        WEIGHT_BYTES,
                        When.EVERY_MICRO_BATCH,
                        schedule.overlaps() ? Behind.COMPUTING : Behind.NOTHING)
                .map(once -> once.times(setup.accumulation()))
                .ifPresent(list::add));
    }

    /** Where stage 3 does not reduce-scatter, a tensor larger than a bucket still is. */
    private static void gradients(StepSetup setup, ZeroSchedule schedule, List<Collective> list) {
        boolean stage3 = setup.zero().stage() == 3;
        When when = schedule.everyMicroBatch()
                ? When.EVERY_MICRO_BATCH
                : setup.zero().stage() == 0 && !schedule.overlaps() ? When.AFTER_BACKWARD : When.LAST_MICRO_BATCH;
        Behind behind = !schedule.overlaps() ? Behind.NOTHING : stage3 ? Behind.COMPUTING : Behind.BACKWARD;
        for (Kind kind : List.of(Kind.ALL_REDUCE, Kind.REDUCE, Kind.REDUCE_SCATTER)) {
            List<Long> calls = schedule.buckets().stream()
                    .filter(bucket -> bucket.kind() == kind)
                    .flatMap(bucket -> bucket.calls().stream())
                    .map(GradientBucket.Call::elements)
                    .toList();
            many(kind, "gradients", calls, setup.wireBytes(), when, behind)
                    .map(once -> schedule.everyMicroBatch() ? once.times(setup.accumulation()) : once)
                    .ifPresent(list::add);
        }
    }

    /** Stages 1 and 2 gather all at once, stage 3 each of the small tensors. */
    private static void weights(StepSetup setup, ZeroSchedule schedule, List<Collective> list) {
        int stage = setup.zero().stage();
        String purpose = stage == 3 ? "small weights" : "weights";
        List<Long> calls = stage == 0 ? List.of() : schedule.gathersAfterUpdate();
        many(Kind.ALL_GATHER, purpose, calls, WEIGHT_BYTES, When.AFTER_OPTIMIZER, Behind.NOTHING)
                .ifPresent(list::add);
    }

    private static Optional<Collective> many(
            Kind kind, String purpose, List<Long> elements, int bytes, When when, Behind behind) {
        if (elements.isEmpty()) {
            return Optional.empty();
        }
        long all = elements.stream().mapToLong(Long::longValue).sum();
        long largest = Collections.max(elements);
        return Optional.of(new Collective(kind, purpose, elements.size(), all * bytes, largest * bytes, when, behind));
    }
}
