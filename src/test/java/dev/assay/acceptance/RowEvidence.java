package dev.assay.acceptance;

import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.plan.Row;
import dev.assay.plan.TrainingPlan;
import dev.assay.report.Evidence;
import dev.assay.run.IterationTable;
import dev.assay.run.Run;
import dev.assay.run.RunCharts;
import dev.assay.verdict.Verdict;
import dev.assay.workload.Sft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What lies behind one verdict, attached to its row: from the sentence down to the raw samples. */
final class RowEvidence {
    /** A large cluster's logs would make a report that nobody can open; the rest lies in the run folder. */
    private static final int MOST_LOGS = 16;

    private static final int MOST_LOG_CHARACTERS = 1 << 14;

    private RowEvidence() {}

    static void attach(String epic, Run run, Row row, Verdict verdict, ExperimentResult result) {
        Evidence.describe(epic, row.criterion().title(), shape(row), row.title());
        Evidence.parameter("criterion", row.criterion().id());
        Evidence.parameter("nodes", row.nodes());
        Evidence.parameter("GPUs a node", row.gpusPerNode());
        Optional.ofNullable(row.criterion().conditions().get("variant"))
                .ifPresent(variant -> Evidence.parameter("variant", variant));
        Evidence.explain(verdict.sentence());
        Evidence.attachText("Verdict", verdictText(verdict));
        RunCharts.of(run, row).forEach(chart -> {
            Evidence.attachSvg(chart.title(), chart.svg());
            Evidence.attachCsv("Numbers: " + chart.title(), chart.csv());
        });
        attachConfig(run, row);
        List<LaunchResult> launches = result.launches().stream()
                .filter(launch -> RunCharts.serves(launch, row))
                .toList();
        String iterations = IterationTable.csv(launches);
        if (!iterations.isEmpty()) {
            Evidence.attachCsv("Single operations of every case: median, p95, p99", iterations);
        }
        Evidence.attachCsv("Raw samples", RowSamples.csv(row.criterion().metric(), launches));
        Path experiment = run.folder().experiment(row.experiment());
        attachIfPresent("Batch script", experiment.resolve("job.sh"));
        attachIfPresent("Steps of the job", experiment.resolve("steps.tsv"));
        attachIfPresent("Submit command", experiment.resolve("submit.txt"));
        attachIfPresent("Job output", experiment.resolve("job.out"));
        launches.forEach(launch -> attachLaunch(run.folder(), experiment(row, launch), launch));
    }

    /** Of a row of training: what its DeepSpeed config was read as, and the file itself. */
    private static void attachConfig(Run run, Row row) {
        if (!(run.plan().experiment(row.experiment()).workload() instanceof Sft sft)) {
            return;
        }
        run.plan().training().stream()
                .flatMap(record -> record.configs().stream())
                .filter(config -> config.config().equals(sft.config()))
                .forEach(config -> {
                    Evidence.attachText("DeepSpeed config, every value as it was read", config.text());
                    attachIfPresent(
                            "DeepSpeed config",
                            run.folder().root().resolve(TrainingPlan.CONFIGS).resolve(config.file()));
                });
    }

    /** What looks again at a row's experiment lies in a folder of its own. */
    private static String experiment(Row row, LaunchResult launch) {
        return launch.ranks().stream()
                .findFirst()
                .map(rank -> rank.header().experiment())
                .orElse(row.experiment());
    }

    private static void attachLaunch(RunFolder folder, String experiment, LaunchResult launch) {
        attachIfPresent("Spec of " + launch.id(), folder.spec(experiment, launch.id()));
        String logs = IntStream.range(0, launch.expectedRanks())
                .mapToObj(rank -> log(rank, folder.log(experiment, launch.id(), rank)))
                .filter(log -> !log.isEmpty())
                .limit(MOST_LOGS)
                .collect(Collectors.joining("\n"));
        Evidence.attachText(
                "Logs of " + launch.id(),
                logs.isEmpty()
                        ? "None of the " + launch.expectedRanks() + " ranks wrote anything to stdout or stderr.\n"
                        : logs);
    }

    /** Under a heading, at most its last part; empty where the rank wrote nothing. */
    private static String log(int rank, Path file) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) == 0) {
                return "";
            }
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            String tail = text.substring(Math.max(0, text.length() - MOST_LOG_CHARACTERS));
            return "=== rank " + rank + (tail.length() < text.length() ? ", the end of " + file : "") + "\n" + tail;
        } catch (IOException e) {
            throw new UncheckedIOException("attaching the log of rank " + rank, e);
        }
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

    private static String shape(Row row) {
        return row.nodes()
                + (row.nodes() == 1 ? " node × " : " nodes × ")
                + row.gpusPerNode()
                + (row.gpusPerNode() == 1 ? " GPU" : " GPUs");
    }
}
