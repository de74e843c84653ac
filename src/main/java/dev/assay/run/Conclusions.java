package dev.assay.run;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.ChartFiles;
import dev.assay.summary.Conclusion;
import dev.assay.summary.Ledger;
import dev.assay.summary.Manifest;
import dev.assay.summary.ScreenSummary;
import dev.assay.summary.SummaryPage;
import dev.assay.summary.VerdictJson;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The end of a run: every planned row has a verdict or a reason, the decision is made and everything is written once. */
public final class Conclusions {
    private Conclusions() {}

    /** Whether this build's verdict file is there. The plan step removes an earlier one. */
    public static boolean concluded(Run run) {
        return Files.isRegularFile(run.output().resolve("verdict.json"));
    }

    /**
     * Decides and writes {@code verdict.json}, {@code summary.html} with its {@code charts/}, {@code summary.txt} and the
     * manifest.
     *
     * @param unjudgedReason why rows that nobody asked for have no verdict
     */
    public static synchronized Conclusion conclude(Run run, String unjudgedReason) {
        Conclusion conclusion = conclusion(run, unjudgedReason);
        Path target = run.replay() ? run.output() : run.folder().root();
        List<Chart> charts = RunCharts.of(run);
        VerdictJson.write(target.resolve("verdict.json"), conclusion);
        write(target.resolve("summary.html"), SummaryPage.html(conclusion, charts));
        ChartFiles.write(target, charts);
        write(target.resolve("summary.txt"), ScreenSummary.text(conclusion));
        if (!run.replay()) {
            Manifest.write(target);
            copyToOutput(run, List.of("summary.html", "summary.txt", "verdict.json"));
            ChartFiles.write(run.output(), charts);
            new Ledger(run.home())
                    .conclude(run.folder().runId(), conclusion.decision().words(), reason(conclusion));
        }
        return conclusion;
    }

    static String screen(Run run) {
        try {
            return Files.readString(run.output().resolve("summary.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException("reading the summary of this build", e);
        }
    }

    private static Conclusion conclusion(Run run, String unjudgedReason) {
        Plan plan = run.plan();
        Map<String, Verdict> judged = run.judged();
        List<Verdict> verdicts = plan.rows().stream()
                .map(row -> Optional.ofNullable(judged.get(row.key())).orElseGet(() -> notRun(row, unjudgedReason)))
                .toList();
        Decided decided = Decided.of(plan, verdicts);
        Ledger ledger = new Ledger(run.home());
        RunRecord record = run.record();
        return new Conclusion(
                record.id(),
                record.startedAt(),
                record.suiteVersion(),
                new Conclusion.Hashes(
                        record.suiteSha256(),
                        record.criteriaSha256(),
                        record.planSha256(),
                        Manifest.digest(run.folder().root(), Outcome::isResult)),
                record.options(),
                plan,
                decided.decision(),
                decided.meaning(),
                verdicts,
                identity(run),
                run.collected().stream()
                        .flatMap(Conclusions::ranks)
                        .flatMap(rank -> rank.device().libraries().stream())
                        .distinct()
                        .toList(),
                run.replay()
                        ? List.of()
                        : ledger.before(record.id(), plan.cluster().name()),
                NotCertified.of(plan, verdicts),
                run.collected().stream().map(result -> Jobs.of(run, result)).toList(),
                run.replay() ? Optional.of(run.folder().root().getFileName().toString()) : Optional.empty(),
                run.replay() ? unsealed(run) : ledger.troubles(),
                List.of(
                        run.output().resolve("summary.html").toString(),
                        run.report().resolve("index.html").toString()));
    }

    private static List<String> unsealed(Run run) {
        return Files.exists(run.folder().manifest())
                ? List.of()
                : List.of("The run folder has no " + Manifest.NAME + ": nothing says that it is as it was written.");
    }

    private static String reason(Conclusion conclusion) {
        return conclusion.verdicts().stream()
                .filter(verdict -> verdict.state() != State.PASS && verdict.state() != State.NOT_APPLICABLE)
                .findFirst()
                .map(verdict -> verdict.key() + " " + verdict.state())
                .orElse("");
    }

    private static Verdict notRun(Row row, String reason) {
        return new Verdict(
                row.key(),
                row.criterion(),
                row.nodes(),
                row.gpusPerNode(),
                row.title(),
                State.NOT_RUN,
                row.criterion().title() + ": " + reason,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                new Coverage(0, row.nodes() * row.gpusPerNode(), "GPUs"),
                List.of());
    }

    /** Nodes in the cluster file's order, GPUs by local rank, each as its first result described it. */
    private static List<Conclusion.NodeIdentity> identity(Run run) {
        Map<String, TreeMap<Integer, RankResult>> byNode = new LinkedHashMap<>();
        run.plan().cluster().nodes().forEach(node -> byNode.put(node, new TreeMap<>()));
        run.collected().stream()
                .flatMap(Conclusions::ranks)
                .forEach(rank -> byNode.computeIfAbsent(rank.header().node(), node -> new TreeMap<>())
                        .putIfAbsent(rank.header().localRank(), rank));
        List<Conclusion.NodeIdentity> nodes = new ArrayList<>();
        byNode.forEach((node, ranks) -> {
            if (!ranks.isEmpty()) {
                RankResult first = ranks.firstEntry().getValue();
                nodes.add(new Conclusion.NodeIdentity(
                        node,
                        first.header().host(),
                        first.header().bootId(),
                        ranks.values().stream().map(RankResult::device).toList()));
            }
        });
        return nodes;
    }

    private static Stream<RankResult> ranks(ExperimentResult result) {
        return result.launches().stream().map(LaunchResult::ranks).flatMap(List::stream);
    }

    private static void copyToOutput(Run run, List<String> names) {
        for (String name : names) {
            try {
                write(
                        run.output().resolve(name),
                        Files.readString(run.folder().root().resolve(name)));
            } catch (IOException e) {
                throw new UncheckedIOException("copying " + name + " to " + run.output(), e);
            }
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + file, e);
        }
    }
}
