package dev.assay.run;

import dev.assay.run.AttributionProof.Trial;
import dev.assay.run.SyntheticFleet.Fault;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the trials showed, as table and picture under {@code target/attribution/}. */
final class AttributionTable {
    private static final Path FOLDER = Path.of("target", "attribution");
    private static final String ACROSS = "how much slower the faulty part is, %";

    private AttributionTable() {}

    static void write(String name, List<Trial> trials) throws IOException {
        Files.createDirectories(FOLDER);
        for (int rails : new int[] {8, 1}) {
            List<Curve> curves = curves(trials.stream()
                    .filter(trial -> trial.setup().rails() == rails)
                    .toList());
            String file = name + "-" + rails + "-rails";
            String title = "Found of one faulty part, " + rails + (rails == 1 ? " GPU" : " GPUs") + " a node";
            Chart chart = Charts.curves(title, curves, ACROSS, file + ".csv");
            Files.writeString(FOLDER.resolve(file + ".csv"), chart.csv());
            Files.writeString(FOLDER.resolve(file + ".svg"), chart.svg());
        }
        Files.writeString(FOLDER.resolve(name + ".csv"), table(trials));
    }

    private static List<Curve> curves(List<Trial> trials) {
        List<Curve> curves = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            List<Double> sizes = new ArrayList<>();
            List<Double> shares = new ArrayList<>();
            for (double size : AttributionProof.SIZES) {
                List<Trial> of = trials.stream()
                        .filter(trial ->
                                trial.setup().fault() == fault && trial.setup().size() == size)
                        .toList();
                if (fault != Fault.NONE && !of.isEmpty()) {
                    sizes.add(Math.rint(100 * size));
                    shares.add(100.0 * of.stream().filter(Trial::found).count() / of.size());
                }
            }
            if (!sizes.isEmpty()) {
                curves.add(new Curve(fault.name().toLowerCase(Locale.ROOT), sizes, shares));
            }
        }
        return curves;
    }

    /** One line for each size of fleet, rails, fault and size of fault. */
    private static String table(List<Trial> trials) {
        StringBuilder csv =
                new StringBuilder("nodes,rails,fault,percent,fleets,found,alone,innocents,retested,rounds\n");
        trials.stream().map(AttributionTable::key).distinct().sorted().forEach(key -> {
            List<Trial> of =
                    trials.stream().filter(trial -> key(trial).equals(key)).toList();
            csv.append(key.replaceAll("(^|,)0+(?=[0-9])", "$1")).append(',');
            csv.append(of.size()).append(',');
            csv.append(of.stream().filter(Trial::found).count()).append(',');
            csv.append(of.stream().filter(trial -> trial.set() == 1).count()).append(',');
            csv.append(of.stream().filter(trial -> trial.innocents() > 0).count())
                    .append(',');
            csv.append(of.stream().filter(Trial::retested).count()).append(',');
            csv.append(of.stream().mapToInt(Trial::rounds).max().orElse(0)).append('\n');
        });
        return csv.toString();
    }

    private static String key(Trial trial) {
        boolean clean = trial.setup().fault() == Fault.NONE;
        return String.format(
                Locale.ROOT,
                "%04d,%d,%s,%02.0f",
                trial.setup().nodes(),
                trial.setup().rails(),
                trial.setup().fault().name().toLowerCase(Locale.ROOT),
                clean ? 0.0 : 100 * trial.setup().size());
    }
}
