package dev.assay.deepspeed;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * {@code optimizer}: Adam and AdamW, with the defaults of DeepSpeed's {@code FusedAdam}. {@code auto} becomes what Hugging
 * Face's {@code TrainingArguments} have when nobody sets them.
 */
final class OptimizerReader {
    private static final Set<String> KNOWN = Set.of("adam", "adamw");
    private static final Set<String> ONE_BIT = Set.of("onebitadam", "zerooneadam", "onebitlamb");
    private static final String TRAINER = "default of Hugging Face's Trainer";

    private final Findings findings;

    private OptimizerReader(Findings findings) {
        this.findings = findings;
    }

    static Adam read(Section top, Zero zero) {
        Section optimizer = top.section("optimizer", Manners.PLAIN);
        OptimizerReader reader = new OptimizerReader(top.findings());
        boolean adamW = top.find("optimizer").isEmpty()
                ? reader.byClient()
                : reader.type(optimizer, zero).equals("adamw");
        Adam adam = reader.params(optimizer.section("params", Manners.MODEL), adamW, top.find("scheduler"));
        optimizer.withoutEffect("for fp16 only", "legacy_fusion");
        optimizer.end();
        return adam;
    }

    /** To DeepSpeed a file without an optimizer is a program that brings its own. */
    private boolean byClient() {
        findings.resolved("optimizer.type", "adamw", Origin.DEFAULT, "left out: the suite takes AdamW");
        return true;
    }

    private String type(Section optimizer, Zero zero) {
        Optional<Node> node = optimizer.find("type");
        String word = node.flatMap(Node::text).orElse("").toLowerCase(Locale.ROOT);
        if (node.isEmpty()) {
            findings.problem(
                    "optimizer.type", "no type", "\"AdamW\" or \"Adam\"", "add \"type\": \"AdamW\" to the optimizer");
        } else if (ONE_BIT.contains(word) && zero.stage() > 0) {
            findings.refuse(
                    node.get(),
                    "1-bit optimizers do not work with ZeRO: DeepSpeed stops, too",
                    "use \"AdamW\"; this suite has no 1-bit optimizer");
        } else if (!KNOWN.contains(word)) {
            findings.refuse(node.get(), "the suite's optimizers are Adam and AdamW", "use \"AdamW\"");
        }
        node.ifPresent(type -> findings.resolved("optimizer.type", word, type.origin(), "line " + type.line()));
        return word;
    }

    private Adam params(Section params, boolean adamW, Optional<Node> scheduler) {
        params.find("max_grad_norm")
                .ifPresent(node -> findings.problem(
                        node,
                        "the norm as a parameter of the optimizer",
                        "gradient_clipping at the top level; DeepSpeed stops here, too",
                        "move it there"));
        boolean decoupled = params.flag("adam_w_mode", true) || adamW;
        double rate = number(params, "lr", 1e-3, 5e-5);
        params.find("lr")
                .filter(node -> rate == 0)
                .ifPresent(node -> findings.problem(
                        node,
                        "a learning rate of 0",
                        "more than 0: a run is judged by its loss, which then never falls",
                        "write the rate that you train with"));
        List<Double> betas = betas(params);
        double epsilon = number(params, "eps", 1e-8, 1e-8);
        double decay = number(params, "weight_decay", 0, 0);
        boolean corrected = params.flag("bias_correction", true);
        params.refuseOn("the suite's Adam has no AMSGrad", "set it to false", "amsgrad");
        params.withoutEffect("another kernel for the same arithmetic", "torch_adam", "fused", "foreach");
        params.withoutEffect("gradients have one buffer here", "set_grad_none");
        params.end();
        double held = new HeldRate(findings).of(params.path("lr"), rate, scheduler);
        return new Adam(decoupled, held, betas.get(0), betas.get(1), epsilon, decay, corrected);
    }

    private static double number(Section params, String key, double otherwise, double trainers) {
        return params.number(key, otherwise, 0, Double.MAX_VALUE, Optional.of(new Auto<>(trainers, TRAINER)));
    }

    private static List<Double> betas(Section params) {
        List<Double> usual = List.of(0.9, 0.999);
        return params.read(
                "betas",
                usual,
                Optional.of(new Auto<>(usual, TRAINER)),
                OptimizerReader::pair,
                "two numbers from 0 to below 1, e.g. [0.9, 0.999]");
    }

    private static Optional<List<Double>> pair(Node node) {
        List<Double> numbers = node.array().orElse(List.of()).stream()
                .flatMap(item -> item.number().stream())
                .map(Number::doubleValue)
                .filter(beta -> beta >= 0 && beta < 1)
                .toList();
        boolean whole = node.array().map(List::size).orElse(0) == 2 && numbers.size() == 2;
        return whole ? Optional.of(numbers) : Optional.empty();
    }
}
