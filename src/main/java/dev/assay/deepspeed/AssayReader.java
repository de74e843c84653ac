package dev.assay.deepspeed;

import dev.assay.deepspeed.AssaySection.Checkpointing;
import dev.assay.deepspeed.AssaySection.Collectives;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Our own section. Strict: what it says is not DeepSpeed's, so nobody else finds its typing errors. */
final class AssayReader {
    static final String KEY = "assay";
    private static final String EXAMPLE = "add \"assay\": {\"model\": \"llama2-7b\", \"sequence\": 2048,"
            + " \"activationCheckpointing\": \"full\"}; DeepSpeed ignores the section";
    private static final int MOST = 1 << 24;
    /** Wider than any model; keeps products of two widths inside an int. */
    private static final int WIDEST = 1 << 15;

    /** Deeper than any model; a plan lists every layer's collectives. */
    private static final int DEEPEST = 1 << 10;

    /** Of rows of the embedding, for 16-byte accesses to bf16. */
    private static final int GRANULE = 8;

    private final Section assay;
    private final Findings findings;

    private AssayReader(Section assay) {
        this.assay = assay;
        this.findings = assay.findings();
    }

    static Optional<AssaySection> read(Section top, Section assay) {
        if (top.find(KEY).isEmpty()) {
            top.findings()
                    .problem(
                            KEY,
                            "no section \"assay\"",
                            "which model is trained on which sequences, which DeepSpeed's files do not say",
                            EXAMPLE);
            return Optional.empty();
        }
        return new AssayReader(assay).read();
    }

    private Optional<AssaySection> read() {
        Optional<ModelShape> model = model();
        int sequence = whole("sequence", 2048, MOST);
        Checkpointing checkpointing = assay.choice(
                "activationCheckpointing",
                Checkpointing.FULL,
                Map.of("none", Checkpointing.NONE, "full", Checkpointing.FULL));
        double memory = fraction(assay, "memoryFraction").orElse(0.80);
        if (assay.find("memoryFraction").isEmpty()) {
            findings.resolved("assay.memoryFraction", memory, Origin.ASSAY, "the section's default");
        }
        MatrixPrecision precision = assay.choice(
                "precision",
                MatrixPrecision.BF16,
                Map.of(
                        MatrixPrecision.BF16.key(),
                        MatrixPrecision.BF16,
                        MatrixPrecision.FP8.key(),
                        MatrixPrecision.FP8));
        Collectives collectives = assay.choice(
                "collectives",
                Collectives.DEEPSPEED,
                Map.of("deepspeed", Collectives.DEEPSPEED, "ideal", Collectives.IDEAL));
        List<Integer> nodes = nodes();
        Optional<Integer> baseline = baseline(nodes);
        Optional<Floors> floors = floors();
        assay.end();
        model.ifPresent(shape -> checkSequence(shape, sequence));
        return model.map(shape -> new AssaySection(
                modelName(), shape, sequence, checkpointing, memory, precision, collectives, nodes, baseline, floors));
    }

    private String modelName() {
        return assay.find("model").flatMap(Node::text).orElse("explicit");
    }

    private Optional<ModelShape> model() {
        Optional<Node> model = assay.find("model");
        if (model.isEmpty()) {
            findings.problem("assay.model", "no model", "a preset's name or a shape", EXAMPLE);
            return Optional.empty();
        }
        Optional<ModelShape> shape = model.get().object().isPresent()
                ? explicit(assay.section("model", Manners.ASSAY))
                : preset(model.get());
        shape.ifPresent(value -> findings.resolved(
                "assay.model",
                modelName() + words(value),
                Origin.ASSAY,
                "line " + model.get().line()));
        return shape;
    }

    private static String words(ModelShape shape) {
        return String.format(
                Locale.ROOT,
                ": %s, layers %d, hidden %d, heads %d, kvHeads %d, headSize %d, feedForward %d, vocabulary %d, positions %d%s",
                shape.family().name().toLowerCase(Locale.ROOT),
                shape.layers(),
                shape.hidden(),
                shape.heads(),
                shape.kvHeads(),
                shape.headSize(),
                shape.feedForward(),
                shape.vocabulary(),
                shape.positions(),
                shape.family() == ModelFamily.LLAMA
                        ? ", ropeBase "
                                + BigDecimal.valueOf(shape.ropeBase())
                                        .stripTrailingZeros()
                                        .toPlainString()
                        : "");
    }

    private Optional<ModelShape> preset(Node node) {
        Optional<ModelPreset> preset = Arrays.stream(ModelPreset.values())
                .filter(value -> node.text().equals(Optional.of(value.key())))
                .findFirst();
        if (preset.isEmpty()) {
            findings.problem(
                    node,
                    node.found(),
                    Arrays.stream(ModelPreset.values()).map(ModelPreset::key).collect(Collectors.joining(", "))
                            + ", or an object with the model's shape",
                    "choose one of them, or write the shape");
        }
        return preset.map(ModelPreset::shape);
    }

    private Optional<ModelShape> explicit(Section model) {
        boolean before = findings.none();
        Optional<ModelFamily> family = Optional.of(
                model.choice("family", ModelFamily.LLAMA, Map.of("llama", ModelFamily.LLAMA, "gpt", ModelFamily.GPT)));
        int[] sizes = {
            size(model, "layers", DEEPEST),
            size(model, "hidden", WIDEST),
            size(model, "heads", 1 << 10),
            size(model, "kvHeads", 1 << 10),
            size(model, "headSize", 1 << 10),
            size(model, "feedForward", 1 << 20),
            size(model, "vocabulary", MOST),
            size(model, "positions", MOST)
        };
        sizes[6] = padded(model, sizes[6]);
        double ropeBase = ropeBase(model, family);
        model.end();
        if (before && !findings.none()) {
            return Optional.empty();
        }
        try {
            return family.map(value -> new ModelShape(
                    value, sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6], sizes[7], ropeBase));
        } catch (IllegalArgumentException e) {
            assay.find("model")
                    .ifPresent(node -> findings.problem(
                            node, String.valueOf(e.getMessage()), "a shape that exists", "correct it"));
            return Optional.empty();
        }
    }

    /** As trainers pad it: rows that no token names, which every FLOP and byte counts. */
    private int padded(Section model, int vocabulary) {
        int rows = (vocabulary + GRANULE - 1) / GRANULE * GRANULE;
        if (rows != vocabulary) {
            String key = model.path("vocabulary");
            findings.note(
                    Note.Kind.WARNING,
                    key,
                    vocabulary + " is padded to " + rows + ", as trainers do, since the kernels need a multiple of "
                            + GRANULE + "; FLOP, bytes and MFU count the padded rows");
            findings.resolved(key + ", padded", rows, Origin.DERIVED, "the next multiple of " + GRANULE);
        }
        return rows;
    }

    /** Of rotary positions, which a gpt model has none of. */
    private double ropeBase(Section model, Optional<ModelFamily> family) {
        if (family.equals(Optional.of(ModelFamily.LLAMA))) {
            return model.number("ropeBase", ModelShape.ROPE_BASE, 2, 1e12);
        }
        model.find("ropeBase")
                .ifPresent(node -> findings.problem(
                        node, node.found(), "no rotary positions in a gpt model", "remove it, or choose llama"));
        return ModelShape.ROPE_BASE;
    }

    private int size(Section model, String key, int most) {
        if (model.find(key).isEmpty()) {
            findings.problem(model.path(key), "no value", "a whole number from 1 to " + most, "add it");
        }
        return (int) model.whole(key, 1, 1, most);
    }

    private int whole(String key, int otherwise, int most) {
        return (int) assay.whole(key, otherwise, 1, most);
    }

    private Optional<Double> fraction(Section section, String key) {
        return section.find(key)
                .map(node -> section.read(
                        key,
                        1.0,
                        Optional.empty(),
                        value ->
                                value.number().map(BigDecimal::doubleValue).filter(number -> number > 0 && number <= 1),
                        "a fraction above 0, at most 1"));
    }

    private List<Integer> nodes() {
        return assay.find("nodes")
                .map(node -> assay.read(
                        "nodes",
                        List.<Integer>of(),
                        Optional.empty(),
                        AssayReader::counts,
                        "a number of nodes, or several in ascending order, e.g. [2, 4, 8]"))
                .orElse(List.of());
    }

    private static Optional<List<Integer>> counts(Node node) {
        List<Node> items = node.array().orElse(List.of(node));
        List<Integer> counts = items.stream()
                .flatMap(item -> item.number().stream())
                .filter(number -> number.stripTrailingZeros().scale() <= 0
                        && number.signum() > 0
                        && number.compareTo(BigDecimal.valueOf(MOST)) <= 0)
                .map(BigDecimal::intValueExact)
                .toList();
        boolean ascending = counts.stream().distinct().sorted().toList().equals(counts);
        return !counts.isEmpty() && counts.size() == items.size() && ascending ? Optional.of(counts) : Optional.empty();
    }

    private Optional<Integer> baseline(List<Integer> nodes) {
        Optional<Integer> baseline = assay.find("baselineNodes").map(node -> whole("baselineNodes", 1, MOST));
        baseline.filter(count -> !nodes.isEmpty() && nodes.get(0) < count)
                .flatMap(count -> assay.find("baselineNodes"))
                .ifPresent(node -> findings.problem(
                        node,
                        node.found(),
                        "at most the smallest of nodes, " + nodes.get(0),
                        "correct one of the two"));
        return baseline;
    }

    private Optional<Floors> floors() {
        return assay.find("floors").map(node -> {
            Section floors = assay.section("floors", Manners.ASSAY);
            if (floors.find("source").isEmpty()) {
                findings.problem(node, "no source", "where the figures come from", "add \"source\": \"…\"");
            }
            Floors values = new Floors(
                    fraction(floors, "mfu"),
                    fraction(floors, "smActive"),
                    fraction(floors, "scaleEfficiency"),
                    floors.text("source", ""));
            floors.end();
            return values;
        });
    }

    /** Learned positions end; rotary ones do not. */
    private void checkSequence(ModelShape shape, int sequence) {
        if (shape.family() == ModelFamily.GPT && sequence > shape.positions()) {
            findings.problem(
                    "assay.sequence",
                    String.valueOf(sequence),
                    "at most the model's " + shape.positions() + " learned positions",
                    "shorten it, or give a shape with more positions");
        }
    }
}
