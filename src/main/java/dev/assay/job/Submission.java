package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.SlurmSettings;
import dev.assay.plan.Experiment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What sbatch is told: every option on the command line, so that no variable and no line of a script can add one. */
final class Submission {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:+@=,&|!*()\\[\\]-]*");
    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern FOLDER = Pattern.compile("/[A-Za-z0-9_./+@=-]+");

    private Submission() {}

    /** Names the job in Slurm, and finds it again whatever became of sbatch: {@code assay-RUN-EXPERIMENT-aATTEMPT}. */
    static String tag(String runId, String experiment, int attempt) {
        String run = plain(runId).replace("-", "");
        String end = "-a" + attempt;
        String start = "assay-" + run.substring(0, Math.min(16, run.length())) + "-" + plain(experiment);
        return start.substring(0, Math.min(start.length(), 64 - end.length())) + end;
    }

    private static String plain(String text) {
        return text.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    }

    static Optional<String> gres(Cluster cluster, int gpusPerNode) {
        return cluster.slurm().flatMap(SlurmSettings::gres).map(gres -> checked("gres", gres) + ":" + gpusPerNode);
    }

    /** @param folder of the experiment; the script takes it as its argument */
    static List<String> arguments(
            SlurmSettings slurm, Experiment experiment, String tag, Path folder, long minutes, Optional<String> gres) {
        if (!FOLDER.matcher(folder.toString()).matches()) {
            throw new JobException(
                    "the run folder must be an absolute path of letters, digits and _./+@=- for Slurm, got "
                            + Text.printable(folder.toString()) + "; choose another with -Dassay.home=");
        }
        List<String> nodes = experiment.nodes().stream().map(Submission::node).toList();
        List<String> arguments = new ArrayList<>(List.of(
                "--parsable",
                "--no-requeue",
                "--open-mode=append",
                "--export=NIL",
                "--exclusive",
                "--mem=0",
                "--job-name=" + tag,
                "--comment=" + tag,
                "--chdir=/",
                "--output=" + folder.resolve("job.out"),
                "--nodes=" + nodes.size(),
                "--nodelist=" + String.join(",", nodes),
                "--ntasks-per-node=" + experiment.gpusPerNode(),
                "--time=" + minutes,
                "--partition=" + checked("partition", slurm.partition())));
        gres.ifPresent(value -> arguments.add("--gres=" + value));
        slurm.account().ifPresent(value -> arguments.add("--account=" + checked("account", value)));
        slurm.reservation().ifPresent(value -> arguments.add("--reservation=" + checked("reservation", value)));
        slurm.constraint().ifPresent(value -> arguments.add("--constraint=" + checked("constraint", value)));
        slurm.qos().ifPresent(value -> arguments.add("--qos=" + checked("qos", value)));
        // The script comes on standard input: no race with a file, and its argument can still follow.
        arguments.add("/dev/stdin");
        arguments.add(folder.toString());
        return List.copyOf(arguments);
    }

    static String checked(String key, String value) {
        if (!WORD.matcher(value).matches()) {
            throw new JobException("slurm." + key + " of the cluster file must be a plain word for Slurm, got \""
                    + Text.printable(value) + "\"");
        }
        return value;
    }

    private static String node(String name) {
        if (!NODE.matcher(name).matches()) {
            throw new JobException(
                    "a node of the cluster file must be a host name, got \"" + Text.printable(name) + "\"");
        }
        return name;
    }
}
