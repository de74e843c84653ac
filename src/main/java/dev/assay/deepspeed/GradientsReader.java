package dev.assay.deepspeed;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Precision and what is done with gradients: {@code bf16}, {@code fp16}, {@code data_types} and their neighbours. */
final class GradientsReader {
    private static final Map<String, ElementType> WORDS = Map.ofEntries(
            Map.entry("bf16", ElementType.BF16),
            Map.entry("bfloat16", ElementType.BF16),
            Map.entry("torch.bfloat16", ElementType.BF16),
            Map.entry("fp32", ElementType.FP32),
            Map.entry("float32", ElementType.FP32),
            Map.entry("float", ElementType.FP32),
            Map.entry("torch.float32", ElementType.FP32));

    private final Section top;
    private final Findings findings;

    private GradientsReader(Section top) {
        this.top = top;
        this.findings = top.findings();
    }

    static Gradients read(Section top, Zero zero) {
        top.nullable("communication_data_type", "bf16", "bfloat16");
        GradientsReader reader = new GradientsReader(top);
        reader.precision();
        reader.averaging();
        return new Gradients(
                reader.accumulation(zero),
                reader.communication(),
                top.number(
                        "gradient_clipping",
                        1.0,
                        0,
                        Double.MAX_VALUE,
                        Optional.of(new Auto<>(1.0, "max_grad_norm of Hugging Face's Trainer"))));
    }

    private void precision() {
        boolean half = fp16();
        boolean brain = bf16();
        if (half && brain) {
            top.find("fp16")
                    .ifPresent(node ->
                            findings.problem(node, "bf16 and fp16 both enabled", "one of the two", "switch fp16 off"));
        } else if (half) {
            top.find("fp16")
                    .ifPresent(node -> findings.refuse(
                            node, "fp16 with loss scaling; the suite trains in bf16", "enable bf16, switch fp16 off"));
        } else if (!brain) {
            findings.problem(
                    "bf16.enabled",
                    "neither bf16 nor fp16 enabled: DeepSpeed trains in fp32",
                    "bf16, in which this suite trains",
                    "add \"bf16\": {\"enabled\": true}");
        }
    }

    private boolean bf16() {
        Optional<Node> old = top.find("bfloat16");
        String key = old.isPresent() && top.find("bf16").isEmpty() ? "bfloat16" : "bf16";
        old.ifPresent(node -> findings.note(
                key.equals("bf16") ? Note.Kind.WARNING : Note.Kind.DEPRECATED,
                node.path(),
                key.equals("bf16") ? "ignored beside bf16" : "read as bf16"));
        Section bf16 = top.section(key, Manners.MODEL);
        boolean enabled = bf16.flag(
                "enabled",
                false,
                Optional.of(new Auto<>(true, "the --bf16 of Hugging Face's Trainer, in which this suite trains")));
        bf16.refuseOn(
                "the optimizer would keep less than fp32, hence less memory and traffic than this suite",
                "set it to false",
                "bf16_master_weights_and_grads",
                "bf16_optimizer_states");
        bf16.flagsWithoutEffect("for DeepSpeed's BF16_Optimizer only", "immediate_grad_update");
        bf16.flagsWithoutEffect("one scalar, which travels with the norm", "check_grad_overflow");
        bf16.end();
        return enabled;
    }

    private boolean fp16() {
        Section fp16 = top.section("fp16", Manners.MODEL);
        boolean enabled =
                fp16.flag("enabled", false, Optional.of(new Auto<>(false, "off, since this suite trains in bf16")));
        if (!enabled) {
            String off = "fp16 is off";
            fp16.withoutEffect(off, "loss_scale");
            fp16.flagsWithoutEffect(off, "auto_cast", "consecutive_hysteresis");
            fp16.countsWithoutEffect(off, "initial_scale_power", "loss_scale_window", "hysteresis", "min_loss_scale");
            fp16.refuseOn(
                    "fp16 master weights, in whatever precision the model trains",
                    "set it to false",
                    "fp16_master_weights_and_grads");
            fp16.end();
        }
        return enabled;
    }

    private void averaging() {
        top.refuseOn("gradients would be divided before the reduction", "set it to false", "prescale_gradients");
        if (top.number("gradient_predivide_factor", 1, 0, Double.MAX_VALUE) != 1) {
            refuse("gradient_predivide_factor", "gradients would be divided before the reduction", "set it to 1.0");
        }
        String operation = top.read(
                "gradient_allreduce_op",
                "mean",
                Optional.empty(),
                node -> node.text().map(word -> word.toLowerCase(Locale.ROOT)),
                "\"mean\"");
        if (!operation.equals("mean")) {
            refuse("gradient_allreduce_op", "the suite averages gradients", "use \"mean\"");
        }
        top.refuseOn("the suite's gradients are dense", "set it to false", "sparse_gradients");
    }

    private ElementType accumulation(Zero zero) {
        Section types = top.section("data_types", Manners.PLAIN);
        types.nullable("grad_accum_dtype", "param_dtype", "buffer_dtype");
        ElementType type = type(types, "grad_accum_dtype");
        if (type(types, "param_dtype") != ElementType.BF16) {
            types.find("param_dtype")
                    .ifPresent(node ->
                            findings.problem(node, node.found(), "bf16, as bf16.enabled says", "remove the key"));
        }
        types.withoutEffect("about buffers, which hold no gradients", "buffer_dtype");
        types.end();
        if (type == ElementType.FP32) {
            types.find("grad_accum_dtype").ifPresent(node -> wideAccumulation(node, zero.stage()));
        }
        return type;
    }

    private void wideAccumulation(Node node, int stage) {
        if (stage == 0) {
            findings.problem(
                    node,
                    "fp32 gradients of a bf16 model without ZeRO",
                    "what DeepSpeed can do: this mix needs stage 1 or higher",
                    "remove the key, or set zero_optimization.stage");
        } else if (stage == 1) {
            findings.refuse(
                    node,
                    "at stage 1 DeepSpeed takes its BF16_Optimizer for this, which reduces after the last backward, in buckets"
                            + " of 500000000 elements of its own, and keeps the keys of zero_optimization out of it",
                    "remove the key, or take stage 2");
        }
    }

    private ElementType type(Section section, String key) {
        return section.read(
                key,
                ElementType.BF16,
                Optional.empty(),
                node -> node.text().map(word -> WORDS.get(word)),
                "\"bf16\" or \"fp32\"");
    }

    /** Stricter than the other types: DeepSpeed takes three words only. */
    private ElementType communication() {
        return top.read(
                "communication_data_type",
                ElementType.BF16,
                Optional.empty(),
                node -> node.text()
                        .map(word -> word.toLowerCase(Locale.ROOT))
                        .filter(word -> word.equals("bf16") || word.equals("fp32"))
                        .map(word -> WORDS.get(word)),
                "\"bf16\" or \"fp32\", written so (DeepSpeed knows \"fp16\", too, in which this suite does not train)");
    }

    private void refuse(String key, String reason, String advice) {
        top.find(key).ifPresent(node -> findings.refuse(node, reason, advice));
    }
}
