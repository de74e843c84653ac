package dev.assay.deepspeed;

import dev.assay.training.ModelShape;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * {@code zero_optimization}: DeepSpeed's {@code runtime/zero/config.py}. The rules for {@code auto} are those of Hugging
 * Face's Trainer ({@code transformers/integrations/deepspeed.py}).
 */
final class ZeroReader {
    static final String KEY = "zero_optimization";
    private static final long DEFAULT_BUCKET = 500_000_000;

    private final Section zero;
    private final Findings findings;
    private final Optional<Long> hidden;

    private ZeroReader(Section zero, Optional<ModelShape> model) {
        this.zero = zero;
        this.findings = zero.findings();
        this.hidden = model.map(shape -> (long) shape.hidden());
    }

    /** @param ideal collectives, which ask less of the file than DeepSpeed's do */
    static Zero read(Section top, Optional<ModelShape> model, boolean ideal) {
        Section zero = top.section(KEY, Manners.MODEL);
        zero.nullable(
                "overlap_comm", "offload_param", "offload_optimizer", "zenflow", "zeropp_loco_param", "leaf_module");
        zero.nullable("cpu_offload", "cpu_offload_param", "cpu_offload_use_pin_memory");
        Zero values = new ZeroReader(zero, model).read();
        if (ideal) {
            idealInstead(zero, values.stage());
        }
        return values;
    }

    private Zero read() {
        spellings();
        int stage = (int) zero.whole("stage", 0, 0, 3);
        Zero values = values(stage);
        OffloadReader.read(zero, stage);
        LeafModuleReader.read(zero, stage);
        refusals(stage);
        withoutEffect();
        zero.end();
        return values;
    }

    private static void idealInstead(Section zero, int stage) {
        String ideal = "assay.collectives \"ideal\" ";
        zero.withoutEffect(ideal + "overlaps always", "overlap_comm");
        zero.withoutEffect(
                ideal + "always sends a true reduce-scatter", "reduce_scatter", "use_multi_rank_bucket_allreduce");
        if (stage == 0 || stage == 3) {
            zero.withoutEffect(
                    ideal + (stage == 0 ? "reduces in buckets of 500000000 elements" : "reduces a layer at once"),
                    "reduce_bucket_size");
        }
        if (stage == 3) {
            zero.withoutEffect(ideal + "gathers a layer at once", "stage3_prefetch_bucket_size");
        }
    }

    private void spellings() {
        for (String key : List.of(
                "prefetch_bucket_size",
                "param_persistence_threshold",
                "model_persistence_threshold",
                "max_live_parameters",
                "max_reuse_distance",
                "gather_16bit_weights_on_model_save",
                "module_granularity_threshold",
                "use_all_reduce_for_fetch_params",
                "allgather_sequential")) {
            zero.alsoSpelt("stage3_" + key, key);
        }
        String old = "stage3_gather_fp16_weights_on_model_save";
        zero.find(old)
                .ifPresent(node -> findings.note(
                        Note.Kind.DEPRECATED, node.path(), "read as stage3_gather_16bit_weights_on_model_save"));
        zero.alsoSpelt("stage3_gather_16bit_weights_on_model_save", old);
    }

    private Zero values(int stage) {
        return new Zero(
                stage,
                zero.flag("overlap_comm", stage == 3),
                zero.flag("reduce_scatter", true),
                zero.flag("use_multi_rank_bucket_allreduce", true),
                zero.flag("contiguous_gradients", true),
                elements("reduce_bucket_size", DEFAULT_BUCKET, hidden.map(h -> new Auto<>(h * h, "hidden²"))),
                elements("allgather_bucket_size", DEFAULT_BUCKET, Optional.empty()),
                elements("sub_group_size", 1_000_000_000, Optional.empty()),
                elements("stage3_prefetch_bucket_size", 50_000_000, stage3(stage, ZeroReader::prefetch)),
                elements("stage3_param_persistence_threshold", 100_000, stage3(stage, ZeroReader::persistence)),
                elements("stage3_model_persistence_threshold", Long.MAX_VALUE, Optional.empty()),
                elements("stage3_max_live_parameters", 1_000_000_000, Optional.empty()),
                elements("stage3_max_reuse_distance", 1_000_000_000, Optional.empty()));
    }

    private long elements(String key, long otherwise, Optional<Auto<Long>> auto) {
        return zero.whole(key, otherwise, 0, Long.MAX_VALUE, auto);
    }

    /** Below stage 3 the Trainer leaves these alone, and DeepSpeed drops them. */
    private Optional<Auto<Long>> stage3(int stage, LongFunction<Auto<Long>> rule) {
        return stage == 3 ? hidden.map(rule::apply) : Optional.empty();
    }

    /** Truncated, as Python's {@code int(0.9 * h * h)} in the Trainer. */
    private static Auto<Long> prefetch(long hidden) {
        return new Auto<>((long) (0.9 * hidden * hidden), "0.9 · hidden²");
    }

    private static Auto<Long> persistence(long hidden) {
        return new Auto<>(10 * hidden, "10 · hidden");
    }

    private void refusals(int stage) {
        zero.refuseOn(
                "ZeRO++'s quantized traffic moves fewer bytes than this suite would",
                "set it to false",
                "zero_quantized_weights",
                "zero_quantized_gradients",
                "zero_quantized_nontrainable_weights");
        refuseAbove("zero_hpz_partition_size", 1, 0, 1, "hpZ keeps a second copy of the weights in every node", "1");
        refuseAbove("mics_shard_size", -1, -1, 0, "MiCS shards within groups of ranks", "-1");
        zero.find("zenflow")
                .ifPresent(node -> findings.refuse(node, "ZenFlow updates on the CPU, beside the step", "remove it"));
        if (stage == 3) {
            zero.refuseOn(
                    "it changes how parameters are gathered",
                    "set it to false",
                    "stage3_use_all_reduce_for_fetch_params",
                    "stage3_allgather_sequential");
            refuseAbove("stage3_module_granularity_threshold", 0, 0, 0, "it gathers several modules as one", "0");
            zero.withoutEffect(
                    "AdamW reads the gradients as they lie, without DeepSpeed's copy of a group in float32, which only the predicted"
                            + " memory has",
                    "sub_group_size");
        } else {
            String later = "for stage 3 only";
            zero.withoutEffect(later, "sub_group_size");
            zero.flagsWithoutEffect(later, "stage3_use_all_reduce_for_fetch_params", "stage3_allgather_sequential");
            zero.countsWithoutEffect(later, "stage3_module_granularity_threshold");
        }
        refuseScatteredGradients(stage);
        zero.refuseOn("the old stage 1 communicates otherwise", "set it to false", "legacy_stage1");
    }

    /** Stage 0 has no such buckets. */
    private void refuseScatteredGradients(int stage) {
        zero.find("contiguous_gradients")
                .filter(node -> stage > 0 && !zero.flag("contiguous_gradients", true))
                .ifPresent(node -> findings.refuse(
                        node,
                        "gradients would be gathered from where they lie at each reduction, with other copies and memory than"
                                + " those of a bucket that they are copied into as they come",
                        "set it to true, or leave it out"));
    }

    private void refuseAbove(String key, long otherwise, long least, long off, String reason, String write) {
        if (zero.whole(key, otherwise, least, Long.MAX_VALUE) > off) {
            zero.find(key).ifPresent(node -> findings.refuse(node, reason, "set it to " + write));
        }
    }

    private void withoutEffect() {
        String saving = "for saving and loading only";
        zero.flagsWithoutEffect("read by nothing in DeepSpeed 0.19", "allgather_partitions");
        zero.flagsWithoutEffect(saving, "stage3_gather_16bit_weights_on_model_save", "load_from_fp32_weights");
        zero.flagsWithoutEffect(saving, "elastic_checkpoint", "pipeline_loading_checkpoint");
        zero.flagsWithoutEffect("orders copies to the CPU, of which there are none", "round_robin_gradients");
        zero.withoutEffect("for quantized gradients only", "zeropp_loco_param");
        zero.flagsWithoutEffect("for MiCS only", "mics_hierarchical_params_gather");
        zero.flagsWithoutEffect("for the optimizer Muon only", "save_muon_momentum_buffer_in_memory");
        String modules = "about modules of PyTorch";
        zero.flagsWithoutEffect(
                modules, "ignore_unused_parameters", "memory_efficient_linear", "override_module_apply");
        zero.flagsWithoutEffect("a check or a log", "log_trace_cache_warnings", "enable_sanity_checks");
    }

    /** {@code "zero_optimization": true} of old files, in today's form. */
    static Node modern(Node root, Findings findings) {
        Optional<Node> old = root.find(KEY).filter(node -> node.flag().isPresent());
        return old.map(node -> root.with(KEY, modern(root, node, findings))).orElse(root);
    }

    private static Node modern(Node root, Node old, Findings findings) {
        boolean on = old.flag().orElse(false);
        findings.note(Note.Kind.DEPRECATED, KEY, old.found() + " is read as {\"stage\": " + (on ? 1 : 0) + "}");
        Map<String, Node> none = Map.of();
        Node object = new Node(KEY, old.line(), old.origin(), none)
                .with("stage", new Node(KEY + ".stage", old.line(), old.origin(), BigDecimal.valueOf(on ? 1 : 0)));
        return on
                ? root.find("allgather_size")
                        .map(size -> object.with(
                                "allgather_bucket_size",
                                new Node(KEY + ".allgather_bucket_size", size.line(), size.origin(), size.value())))
                        .orElse(object)
                : object;
    }
}
