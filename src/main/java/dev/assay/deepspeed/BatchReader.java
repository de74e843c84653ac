package dev.assay.deepspeed;

import java.math.BigDecimal;
import java.util.Optional;

/** The batch keys. {@code auto} is filled from the section {@code assay}, as the Trainer fills it from its arguments. */
final class BatchReader {
    /** Larger batches are typing errors; the product of all three stays far inside a long. */
    private static final long MOST = 1_000_000;

    private final Section top;
    private final Section assay;

    private BatchReader(Section top, Section assay) {
        this.top = top;
        this.assay = assay;
    }

    static BatchKeys read(Section top, Section assay) {
        top.nullable(BatchKeys.GLOBAL, BatchKeys.MICRO, BatchKeys.ACCUMULATION);
        BatchReader reader = new BatchReader(top, assay);
        BatchKeys keys = new BatchKeys(
                reader.global(),
                reader.key(BatchKeys.MICRO, "microBatch", MOST),
                reader.key(BatchKeys.ACCUMULATION, "accumulation", MOST));
        reader.check(keys);
        return keys;
    }

    /** {@code auto}: the product of the others, hence as if left out. */
    private Optional<Resolved> global() {
        return top.find(BatchKeys.GLOBAL).filter(node -> !node.isAuto()).flatMap(node -> whole(node, MOST * 1000));
    }

    private Optional<Resolved> key(String key, String ours, long most) {
        Optional<Node> own = assay.find(ours);
        Optional<Node> node = top.find(key);
        if (node.isEmpty() || !node.get().isAuto()) {
            own.ifPresent(unused -> top.findings()
                    .problem(unused, "a value for \"auto\"", key + ": \"auto\" in the file", "remove it"));
            return node.flatMap(value -> whole(value, most));
        }
        if (own.isEmpty()) {
            top.findings()
                    .problem(
                            node.get(),
                            "\"auto\" and nothing to fill it: Hugging Face's Trainer takes it from its arguments",
                            "a number, or \"auto\" with assay." + ours,
                            "add \"assay\": {\"" + ours + "\": 4}");
            return Optional.empty();
        }
        return whole(own.get(), most)
                .map(value -> new Resolved(key, value.value(), Origin.AUTO, "auto: assay." + ours));
    }

    private Optional<Resolved> whole(Node node, long most) {
        Optional<Resolved> value = node.number()
                .filter(number -> number.signum() > 0
                        && number.stripTrailingZeros().scale() <= 0
                        && number.compareTo(BigDecimal.valueOf(most)) <= 0)
                .map(number -> new Resolved(
                        node.path(), String.valueOf(number.longValueExact()), node.origin(), "line " + node.line()));
        if (value.isEmpty()) {
            String valid = "a whole number from 1 to " + most;
            top.findings().problem(node, node.found(), valid, "write " + valid);
        }
        return value;
    }

    private void check(BatchKeys keys) {
        if (!keys.enough() && top.findings().none()) {
            top.findings()
                    .problem(
                            BatchKeys.MICRO,
                            keys.words().isEmpty() ? "no batch key" : "only " + keys.words(),
                            "train_micro_batch_size_per_gpu or train_batch_size; DeepSpeed stops here, too",
                            "add \"train_micro_batch_size_per_gpu\": 4");
        }
        if (keys.scaling() != Scaling.WEAK) {
            top.findings()
                    .note(Note.Kind.WARNING, BatchKeys.GLOBAL, keys.scaling().words());
        }
    }
}
