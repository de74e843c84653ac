package dev.assay.deepspeed;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a value counts as for whom it is written. Pydantic takes numbers and flags in quotes, Python a flag for a number; who
 * relies on it is told.
 */
record Conversion(Manners manners, Findings findings) {
    /** Pydantic's words. */
    private static final Set<String> TRUE = Set.of("true", "1", "yes", "y", "on", "t");

    private static final Set<String> FALSE = Set.of("false", "0", "no", "n", "off", "f");

    Optional<Boolean> asFlag(Node node) {
        if (manners != Manners.MODEL || node.flag().isPresent()) {
            return node.flag();
        }
        String word = node.text()
                .orElseGet(() -> node.number()
                        .map(number -> number.stripTrailingZeros().toString())
                        .orElse(""))
                .toLowerCase(Locale.ROOT);
        Optional<Boolean> flag =
                TRUE.contains(word) ? Optional.of(true) : FALSE.contains(word) ? Optional.of(false) : Optional.empty();
        flag.ifPresent(value -> coerced(node, value));
        return flag;
    }

    Optional<Long> asWhole(Node node, long least, long most) {
        Optional<BigDecimal> number = node.number();
        if (number.isEmpty() && manners == Manners.MODEL) {
            number =
                    node.text().filter(text -> text.matches("[+-]?[0-9]{1,18}")).map(BigDecimal::new);
            number.ifPresent(value -> coerced(node, value));
        }
        return number.filter(value ->
                        value.signum() == 0 || value.stripTrailingZeros().scale() <= 0)
                .filter(value -> value.compareTo(BigDecimal.valueOf(least)) >= 0
                        && value.compareTo(BigDecimal.valueOf(most)) <= 0)
                .map(BigDecimal::longValueExact);
    }

    Optional<Double> asNumber(Node node, double least, double most) {
        Optional<Double> number = node.number().map(BigDecimal::doubleValue);
        if (number.isEmpty() && manners == Manners.PLAIN) {
            number = node.flag().map(flag -> flag ? 1.0 : 0.0);
            number.ifPresent(value -> coerced(node, value));
        }
        return number.filter(value -> Double.isFinite(value) && value >= least && value <= most);
    }

    private void coerced(Node node, Object value) {
        findings.note(Note.Kind.WARNING, node.path(), node.found() + " is read as " + value + ", as DeepSpeed does");
    }
}
