package dev.assay.deepspeed;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * {@code assay.stress}: the same file with a smaller micro-batch, an accumulation of 1 unless it says otherwise, and
 * possibly another stage, so that communication weighs more. It is read as a file of its own.
 */
final class StressReader {
    private static final String KEY = "stress";

    private StressReader() {}

    static Optional<Node> variant(Node root, Section assay) {
        if (assay.find(KEY).isEmpty()) {
            return Optional.empty();
        }
        Section stress = assay.section(KEY, Manners.ASSAY);
        Optional<Node> own = assay.find(KEY);
        if (stress.find("microBatch").isEmpty()) {
            own.ifPresent(node -> stress.findings()
                    .problem(node, "no microBatch", "the variant's micro-batch", "add \"microBatch\": 1"));
        }
        stress.whole("microBatch", 1, 1, 1_000_000);
        stress.whole("accumulation", 1, 1, 1_000_000);
        stress.find("zeroStage").ifPresent(node -> stress.whole("zeroStage", 3, 0, 3));
        stress.end();
        return own.map(node -> variant(root, node));
    }

    private static Node variant(Node root, Node stress) {
        Node assay = root.find(AssayReader.KEY)
                .orElseThrow()
                .without(KEY)
                .without("microBatch")
                .without("accumulation");
        Node variant = root.without(BatchKeys.GLOBAL)
                .with(AssayReader.KEY, assay)
                .with(BatchKeys.MICRO, value(stress, "microBatch", BatchKeys.MICRO))
                .with(BatchKeys.ACCUMULATION, value(stress, "accumulation", BatchKeys.ACCUMULATION));
        if (stress.find("zeroStage").isEmpty()) {
            return variant;
        }
        Node zero = root.find(ZeroReader.KEY)
                .filter(node -> node.object().isPresent())
                .orElse(new Node(ZeroReader.KEY, stress.line(), Origin.STRESS, Map.of()));
        return variant.with(ZeroReader.KEY, zero.with("stage", value(stress, "zeroStage", ZeroReader.KEY + ".stage")));
    }

    private static Node value(Node stress, String key, String path) {
        Object value = stress.find(key).map(Node::value).orElse(BigDecimal.ONE);
        int line = stress.find(key).map(Node::line).orElse(stress.line());
        return new Node(path, line, Origin.STRESS, value);
    }
}
