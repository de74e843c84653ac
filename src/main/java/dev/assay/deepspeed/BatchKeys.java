package dev.assay.deepspeed;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The three batch keys as a file gives them, before the number of ranks is known.
 *
 * @param global {@code train_batch_size}
 * @param micro {@code train_micro_batch_size_per_gpu}
 * @param accumulation {@code gradient_accumulation_steps}
 */
record BatchKeys(Optional<Resolved> global, Optional<Resolved> micro, Optional<Resolved> accumulation) {
    static final String GLOBAL = "train_batch_size";
    static final String MICRO = "train_micro_batch_size_per_gpu";
    static final String ACCUMULATION = "gradient_accumulation_steps";

    Scaling scaling() {
        if (global.isEmpty()) {
            return Scaling.WEAK;
        }
        return micro.isPresent() && accumulation.isPresent() ? Scaling.ONE_SIZE : Scaling.STRONG;
    }

    /** One, unless all three are fixed; not yet checked. */
    long ranks() {
        return scaling() == Scaling.ONE_SIZE
                ? number(global.orElseThrow()) / (number(micro.orElseThrow()) * number(accumulation.orElseThrow()))
                : 1;
    }

    /** Two of the three give the third; one alone gives an accumulation of 1. */
    boolean enough() {
        return global.isPresent() || micro.isPresent();
    }

    /** The three, in the order of the record, for this many ranks; not yet checked. */
    List<Resolved> resolve(int ranks) {
        Resolved steps = accumulation.orElseGet(() -> accumulation(ranks));
        Resolved each = micro.orElseGet(() -> derived(
                MICRO,
                number(global.orElseThrow()) / ranks / number(steps),
                "train_batch_size " + number(global.orElseThrow()) + " / (" + ranks + " ranks × accumulation "
                        + number(steps) + ")"));
        Resolved all = global.orElseGet(() -> derived(
                GLOBAL,
                number(each) * number(steps) * ranks,
                "micro " + number(each) + " × accumulation " + number(steps) + " × " + ranks + " ranks"));
        return List.of(all, each, steps);
    }

    private Resolved accumulation(int ranks) {
        if (global.isEmpty() || micro.isEmpty()) {
            return new Resolved(ACCUMULATION, "1", Origin.DEFAULT, "1 where only one batch key is given");
        }
        long sequences = number(global.get());
        long each = number(micro.get());
        return derived(
                ACCUMULATION,
                sequences / each / ranks,
                "train_batch_size " + sequences + " / (micro " + each + " × " + ranks + " ranks)");
    }

    private static Resolved derived(String key, long value, String how) {
        return new Resolved(key, String.valueOf(value), Origin.DERIVED, how);
    }

    static long number(Resolved value) {
        return Long.parseLong(value.value());
    }

    /** What the file itself says, e.g. {@code train_batch_size 512, gradient_accumulation_steps 16}. */
    String words() {
        List<String> words = new ArrayList<>();
        Stream.of(global, micro, accumulation)
                .flatMap(Optional::stream)
                .forEach(value -> words.add(value.key() + " " + value.value()));
        return String.join(", ", words);
    }
}
