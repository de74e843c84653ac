package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.Hostlist;
import dev.assay.criteria.LimitText;
import dev.assay.measurement.LaunchRole;
import dev.assay.workload.Coupled;
import dev.assay.workload.Fabric;
import dev.assay.workload.Sft;
import dev.assay.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The plan as it is printed before anything starts: at most 100 columns. */
public final class PlanText {
    static final int COLUMNS = 100;
    private static final String ROW = "  %-18s %5s %9s %9s %13s %11s";

    private PlanText() {}

    public static String of(Plan plan) {
        List<String> lines = new ArrayList<>();
        Cluster cluster = plan.cluster();
        lines.add("Plan for the cluster " + cluster.name() + ": "
                + Words.nodesTimesGpus(cluster.nodes().size(), cluster.gpusPerNode()) + " ("
                + plan.gpuModel().name() + ")");
        wrap(lines, "  nodes        ", Hostlist.compress(cluster.nodes()));
        wrap(lines, "  jobs         ", jobs(cluster));
        wrap(
                lines,
                "  runs on      ",
                Words.nodeCounts(plan.nodeCounts()) + ", "
                        + LimitText.number(plan.durationSeconds())
                        + " s measured per "
                        + (trains(plan)
                                ? "config, run and node count, longer where that is too short for the fewest steps"
                                : "workload and node count"));
        wrap(
                lines,
                "  suite        ",
                plan.selection().orElse(Selection.STANDARD).words());
        lines.add("");
        table(lines, plan);
        lines.add("");
        plan.experiments()
                .forEach(experiment -> wrap(
                        lines, String.format(Locale.ROOT, "  %-12s ", experiment.id()), describe(plan, experiment)));
        wrap(lines, "  judged       ", judged(plan));
        bullets(lines, "Certifies, if every criterion passes:", plan.certifies());
        bullets(lines, "Does not certify:", plan.omits());
        return String.join("\n", lines) + "\n";
    }

    private static boolean trains(Plan plan) {
        return plan.selection().map(Selection::suite).orElse(Suite.STANDARD) == Suite.SFT;
    }

    private static String judged(Plan plan) {
        long judged =
                plan.rows().stream().filter(row -> row.criterion().judged()).count();
        long shown = plan.rows().size() - judged;
        return judged + " rows, a criterion at a node count each"
                + (shown == 0 ? "" : "; " + shown + " more are shown only");
    }

    private static String jobs(Cluster cluster) {
        return cluster.slurm()
                .map(slurm -> "Slurm, partition " + slurm.partition()
                        + slurm.account().map(name -> ", account " + name).orElse("")
                        + slurm.reservation()
                                .map(name -> ", reservation " + name)
                                .orElse("")
                        + slurm.constraint().map(name -> ", constraint " + name).orElse("")
                        + ", whole nodes, one job an experiment")
                .orElse("processes on this host, one a GPU");
    }

    private static void table(List<String> lines, Plan plan) {
        lines.add(String.format(ROW, "experiment (job)", "nodes", "launches", "measured", "predicted", "node-hours"));
        plan.experiments().forEach(experiment -> {
            lines.add(row(experiment.id(), List.of(experiment)));
            if (PairRetests.isFollowed(experiment)) {
                lines.add(row("node-pair-sifting", PairRetests.likely(plan)));
                lines.add("    where somebody's pairs look slow at first, as on most healthy fleets; in the total");
            }
        });
        lines.add(row("total", inTotal(plan)));
        plan.extension().forEach(experiment -> {
            lines.add(row(experiment.id(), List.of(experiment)));
            lines.add("    only if the first look at scale efficiency cannot tell; not in the total");
        });
        List<Experiment> judging = PairRetests.unlikely(plan);
        if (!judging.isEmpty()) {
            lines.add(row("node-pair-judging", judging));
            lines.add("    only if somebody's pairs look slow or miss a limit in the sifting too; not in the total");
        }
    }

    /** What a run of a healthy cluster takes. */
    static List<Experiment> inTotal(Plan plan) {
        return Stream.concat(plan.experiments().stream(), PairRetests.likely(plan).stream())
                .toList();
    }

    private static String row(String name, List<Experiment> experiments) {
        int nodes = experiments.stream().mapToInt(e -> e.nodes().size()).max().orElse(0);
        int launches = experiments.stream().mapToInt(e -> e.launches().size()).sum();
        double measured = experiments.stream()
                .flatMap(e -> e.launches().stream())
                .mapToDouble(Launch::measuredSeconds)
                .sum();
        double expected =
                experiments.stream().mapToDouble(Experiment::expectedSeconds).sum();
        return String.format(
                Locale.ROOT,
                ROW,
                name,
                nodes,
                launches,
                Words.fixed(measured, 0) + " s",
                Words.time(expected),
                Words.fixed(nodeHours(experiments), 2));
    }

    /** What the site pays: the nodes of each allocation times its predicted wall time. */
    static double nodeHours(List<Experiment> experiments) {
        return experiments.stream()
                .mapToDouble(e -> e.nodes().size() * e.expectedSeconds() / 3600)
                .sum();
    }

    private static String describe(Plan plan, Experiment experiment) {
        Workload workload = experiment.workload();
        if (experiment.notRunnable().isPresent()) {
            return "NOT RUN: " + experiment.notRunnable().get() + ".";
        }
        if (workload instanceof Sft sft) {
            return sft.words() + baseline(experiment, sft);
        }
        if (workload instanceof Fabric fabric) {
            return FabricPlan.words(fabric, experiment.launches(), experiment.gpusPerNode());
        }
        return workload instanceof Coupled coupled ? describe(plan, coupled) : workload.words();
    }

    private static String baseline(Experiment experiment, Sft sft) {
        return experiment.launches().stream().anyMatch(launch -> launch.role() == LaunchRole.BASELINE)
                ? "; scale efficiency against " + Words.plural(sft.baselineNodes(), "node")
                : "";
    }

    private static String describe(Plan plan, Coupled coupled) {
        int most = plan.nodeCounts().get(plan.nodeCounts().size() - 1);
        int ranks = most * plan.cluster().gpusPerNode();
        String step =
                "a step is " + coupled.gemms() + " bf16 GEMMs " + coupled.gemm().words() + " per GPU and "
                        + Words.bytes(coupled.bytesPerStep())
                        + " of gradients, all-reduced in " + coupled.buckets() + " buckets behind them. ";
        if (ranks < 2) {
            return step + "One GPU alone: nothing is communicated.";
        }
        return step + "Over " + ranks + " GPUs at the fabric's floor of " + Words.fixed(plan.fabricFloorGBps(), 1)
                + " GB/s (bus) the all-reduces alone take "
                + Words.fixed(
                        100 * Sizes.communicationShare(coupled, plan.gpuModel(), ranks, plan.fabricFloorGBps()), 0)
                + " % of the GEMMs' time. Sensitivity: 5 % would be lost at "
                + Words.fixed(Sizes.sensitivityGBps(coupled, plan.gpuModel(), ranks), 1) + " GB/s.";
    }

    private static void bullets(List<String> lines, String title, List<String> texts) {
        lines.add("");
        lines.add(title);
        texts.forEach(text -> wrap(lines, "  - ", text));
    }

    /** Breaks at spaces, a long node list anywhere; what follows the first line is indented below the text. */
    private static void wrap(List<String> lines, String head, String text) {
        wrap(lines, head, text, COLUMNS);
    }

    static void wrap(List<String> lines, String head, String text, int columns) {
        int room = columns - head.length();
        String indent = head;
        String rest = text;
        while (rest.length() > room) {
            int space = rest.lastIndexOf(' ', room);
            int end = space > 0 ? space : room;
            lines.add(indent + rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).stripLeading();
            indent = " ".repeat(head.length());
        }
        lines.add(indent + rest);
    }
}
