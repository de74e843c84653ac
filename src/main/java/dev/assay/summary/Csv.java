package dev.assay.summary;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Comma-separated values: text is quoted, numbers stand as they are, so that reading them back gives the same. */
public final class Csv {
    private final StringBuilder out = new StringBuilder();

    public Csv(String... heads) {
        this(Arrays.asList(heads));
    }

    public Csv(List<String> heads) {
        row(heads.toArray());
    }

    /** @param cells texts, numbers, and numbers that may be absent: an empty cell */
    public Csv row(Object... cells) {
        out.append(Arrays.stream(cells).map(Csv::cell).collect(Collectors.joining(",")))
                .append('\n');
        return this;
    }

    private static String cell(Object cell) {
        if (cell instanceof OptionalDouble number) {
            return number.isPresent() ? String.valueOf(number.getAsDouble()) : "";
        }
        return cell instanceof Number
                ? cell.toString()
                : '"' + Clean.text(cell.toString()).replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
