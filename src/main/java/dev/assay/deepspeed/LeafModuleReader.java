package dev.assay.deepspeed;

import java.util.List;
import java.util.stream.Stream;

/**
 * {@code leaf_module}: modules that stage 3 takes as one, gathered with all that lies below them (DeepSpeed's {@code
 * runtime/zero/leaf_module_config.py}). By default they are blocks of experts, of which this suite's models have none.
 */
final class LeafModuleReader {
    private static final String KEY = "leaf_module";
    private static final String CLASSES = "classes";
    private static final List<String> KEYS = List.of(CLASSES, "names", "name_suffixes");

    /** What every one of DeepSpeed's own ends with. */
    private static final String EXPERTS = "SparseMoeBlock";

    private LeafModuleReader() {}

    static void read(Section zero, int stage) {
        if (zero.find(KEY).isEmpty()) {
            return;
        }
        Section leaf = zero.section(KEY, Manners.MODEL);
        for (String key : KEYS) {
            leaf.find(key).ifPresent(node -> check(zero.findings(), node, key, stage));
        }
        leaf.end();
    }

    private static void check(Findings findings, Node node, String key, int stage) {
        List<Node> entries = node.array().orElse(List.of(node));
        List<String> words =
                entries.stream().flatMap(entry -> entry.text().stream()).toList();
        if (words.size() < entries.size()) {
            findings.problem(node, node.found(), "names of modules, e.g. [\"LlamaDecoderLayer\"]", "write names");
            return;
        }
        Stream<String> others = words.stream().filter(word -> !(key.equals(CLASSES) && word.endsWith(EXPERTS)));
        others.findFirst()
                .filter(word -> stage == 3)
                .ifPresentOrElse(
                        word -> findings.refuse(
                                node,
                                Node.shown(word) + " would be gathered as one, with all modules below it",
                                "remove it"),
                        () -> findings.note(
                                Note.Kind.NO_EFFECT,
                                node.path(),
                                stage == 3 ? "names no module of these models" : "for stage 3 only"));
    }
}
