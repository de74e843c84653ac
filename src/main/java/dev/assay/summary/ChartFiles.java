package dev.assay.summary;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The page's charts as files beside it: {@code charts/NN-TITLE.svg}, and their numbers as {@code .csv}. */
public final class ChartFiles {
    public static final String FOLDER = "charts";

    private ChartFiles() {}

    /**
     * Path of a chart's numbers, relative to the page.
     *
     * @param index of the chart on the page, from 0
     */
    static String csv(int index, Chart chart) {
        return name(index, chart) + ".csv";
    }

    private static String name(int index, Chart chart) {
        return FOLDER + "/" + String.format(Locale.ROOT, "%02d", index + 1) + "-" + chart.fileName();
    }

    /** Writes all of them; of an earlier writing nothing stays. */
    public static void write(Path folder, List<Chart> charts) {
        try {
            clear(folder.resolve(FOLDER));
            for (int i = 0; i < charts.size(); i++) {
                Files.writeString(
                        folder.resolve(csv(i, charts.get(i))), charts.get(i).csv());
                Files.writeString(
                        folder.resolve(name(i, charts.get(i)) + ".svg"),
                        charts.get(i).svg());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + charts.size() + " charts to " + folder + ": " + e, e);
        }
    }

    private static void clear(Path charts) throws IOException {
        Files.createDirectories(charts);
        try (var old = Files.list(charts)) {
            for (Path file : old.filter(file -> file.toString().matches(".*/\\d+-[^/]*\\.(csv|svg)"))
                    .toList()) {
                Files.delete(file);
            }
        }
    }
}
