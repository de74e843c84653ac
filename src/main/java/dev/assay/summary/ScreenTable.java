package dev.assay.summary;

import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One line a criterion in aligned columns. Where they are wider than the screen, the words give way (baseline, worst unit,
 * title), never the numbers.
 */
final class ScreenTable {
    private static final List<String> HEADS =
            List.of("", "criterion", "nodes", "value", "limit", "ceiling", "spread", "baseline", "worst unit");
    private static final boolean[] RIGHT = {false, false, true, true, true, true, true, false, false};
    private static final int TITLE = 1;
    private static final int BASELINE = 7;
    private static final int WORST = 8;
    /** A title is cut last and least: it says what the line is about. */
    private static final int LEAST_TITLE = 28;

    private static final int LEAST = 10;
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    /** Those in which some row has something to say. */
    private final List<Integer> columns;

    private final int[] widths = new int[HEADS.size()];

    ScreenTable(List<ScreenFold.Line> lines, int most) {
        rows.add(HEADS);
        lines.forEach(line -> rows.add(row(line.verdict(), line.title())));
        columns = IntStream.range(0, HEADS.size())
                .filter(column -> column <= TITLE
                        || rows.stream()
                                .skip(1)
                                .anyMatch(row -> !row.get(column).equals(Words.NONE)))
                .boxed()
                .toList();
        for (List<String> row : rows) {
            for (int column : columns) {
                widths[column] = Math.max(widths[column], Clean.width(row.get(column)));
            }
        }
        int[] givesWay = {BASELINE, WORST, TITLE};
        for (int column : givesWay) {
            int over = Arrays.stream(widths).sum() + GAP.length() * (columns.size() - 1) - most;
            if (over > 0) {
                int least = column == TITLE ? LEAST_TITLE : LEAST;
                widths[column] = Math.max(Math.min(least, widths[column]), widths[column] - over);
            }
        }
    }

    private static List<String> row(Verdict verdict, String title) {
        return List.of(
                Words.state(verdict.state()),
                Clean.text(title),
                String.valueOf(verdict.nodes()),
                Words.valueWithUnit(verdict),
                Words.limit(verdict),
                Words.ceiling(verdict),
                Words.spread(verdict),
                Clean.text(verdict.baseline().orElse(Words.NONE)),
                verdict.worstUnit().map(ScreenTable::withoutUuid).orElse(Words.NONE));
    }

    /** The UUID in brackets stands in the report; a screen has no room for 64 of them. */
    private static String withoutUuid(String unit) {
        String clean = Clean.text(unit);
        int bracket = clean.lastIndexOf(" (");
        return bracket > 0 && clean.endsWith(")") ? clean.substring(0, bracket) : clean;
    }

    List<String> lines() {
        return rows.stream().map(this::line).toList();
    }

    private String line(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int column : columns) {
            String cell = Clean.shorten(row.get(column), widths[column]);
            String pad = " ".repeat(widths[column] - Clean.width(cell));
            line.append(column == 0 ? "" : GAP).append(RIGHT[column] ? pad + cell : cell + pad);
        }
        return line.toString().stripTrailing();
    }
}
