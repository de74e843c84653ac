package dev.assay.acceptance;

import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Row;
import dev.assay.report.Evidence;
import dev.assay.run.Run;
import dev.assay.run.RunCharts;
import dev.assay.verdict.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** What lies behind one verdict, attached to its row: from the sentence down to the raw samples. */
final class RowEvidence {
    /** A row of a large cluster names every file but attaches only so many logs; the rest lie in the run folder. */
    private static final int MOST_LOGS = 16;

    private RowEvidence() {}

    static void attach(String epic, Run run, Row row, Verdict verdict, ExperimentResult result) {
        Evidence.describe(epic, row.criterion().title(), shape(row), row.title());
        Evidence.attachText("Verdict", verdictText(verdict));
        RunCharts.of(run, row).forEach(chart -> Evidence.attachSvg(chart.title(), chart.svg()));
        List<LaunchResult> launches = result.launches().stream()
                .filter(launch -> RunCharts.serves(launch, row))
                .toList();
        Evidence.attachCsv("Raw samples", samples(launches));
        Path experiment = run.folder().experiment(row.experiment());
        attachIfPresent("Batch script", experiment.resolve("job.sh"));
        attachIfPresent("Submit command", experiment.resolve("submit.txt"));
        attachIfPresent("Job output", experiment.resolve("job.out"));
        launches.forEach(launch -> attachLaunch(run.folder(), row, launch));
    }

    private static void attachLaunch(RunFolder folder, Row row, LaunchResult launch) {
        attachIfPresent("Spec of " + launch.id(), folder.spec(row.experiment(), launch.id()));
        IntStream.range(0, Math.min(launch.expectedRanks(), MOST_LOGS))
                .forEach(rank -> attachIfPresent(
                        "Log of " + launch.id() + ", rank " + rank, folder.log(row.experiment(), launch.id(), rank)));
    }

    private static void attachIfPresent(String name, Path file) {
        if (Files.isRegularFile(file)) {
            Evidence.attachFile(name, file);
        }
    }

    private static String verdictText(Verdict verdict) {
        StringBuilder text = new StringBuilder();
        text.append(verdict.state()).append(": ").append(verdict.sentence()).append('\n');
        text.append("Source of the limit: ")
                .append(verdict.criterion().source())
                .append('\n');
        verdict.baseline()
                .ifPresent(
                        baseline -> text.append("Baseline: ").append(baseline).append('\n'));
        verdict.details().forEach(detail -> text.append(detail).append('\n'));
        return text.toString();
    }

    private static String samples(List<LaunchResult> launches) {
        StringBuilder csv = new StringBuilder("launch,rank,node,gpu,metric,unit,sample,value\n");
        for (LaunchResult launch : launches) {
            for (RankResult rank : launch.ranks()) {
                rank.measurements().forEach(measurement -> {
                    for (int i = 0; i < measurement.samples().size(); i++) {
                        csv.append(String.format(
                                Locale.ROOT,
                                "%s,%d,%s,%s,%s,%s,%d,%s%n",
                                launch.id(),
                                rank.header().rank(),
                                rank.header().node(),
                                rank.device().uuid(),
                                measurement.metric().key(),
                                measurement.unit().symbol(),
                                i,
                                measurement.samples().get(i)));
                    }
                });
            }
        }
        return csv.toString();
    }

    private static String shape(Row row) {
        return row.nodes()
                + (row.nodes() == 1 ? " node × " : " nodes × ")
                + row.gpusPerNode()
                + (row.gpusPerNode() == 1 ? " GPU" : " GPUs");
    }
}
