package dev.assay.job;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.SlurmSettings;
import dev.assay.plan.Experiment;
import dev.assay.plan.Plan;
import dev.assay.plan.Specs;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Asks Slurm, before anything is submitted, whether the plan can run at all: sbatch takes many jobs that never start. */
final class Preflight {
    private static final List<String> RECORDED = List.of(
            "ClusterName",
            "SLURM_VERSION",
            "ProctrackType",
            "TaskPlugin",
            "SelectType",
            "AccountingStorageType",
            "MinJobAge",
            "KillWait",
            "SlurmdTimeout",
            "MessageTimeout",
            "PrologFlags",
            "PreemptMode");

    private final Plan plan;
    private final SlurmSettings slurm;
    private final SlurmCommands commands;

    Preflight(Plan plan, SlurmCommands commands) {
        this.plan = plan;
        this.slurm = SlurmLauncher.settings(plan.cluster());
        this.commands = commands;
    }

    /**
     * @return facts about this Slurm for the report, one a line
     * @throws JobException with everything that stands in the way
     */
    List<String> check() {
        Map<String, String> config = config(commands)
                .orElseThrow(() -> new JobException("Slurm does not answer: scontrol show config: "
                        + commands.call("scontrol", "show", "config").words()));
        List<String> trouble = new ArrayList<>();
        otherCluster(slurm, config).ifPresent(trouble::add);
        if (trouble.isEmpty()) {
            trouble.addAll(partitionTrouble());
        }
        if (trouble.isEmpty()) {
            trouble.addAll(nodeTrouble());
        }
        if (!trouble.isEmpty()) {
            throw new JobException("Slurm cannot run this plan on cluster "
                    + plan.cluster().name() + "; nothing was submitted:\n  " + String.join("\n  ", trouble));
        }
        return RECORDED.stream()
                .filter(config::containsKey)
                .map(name -> "Slurm " + name + " " + Text.printable(config.getOrDefault(name, "")))
                .toList();
    }

    /** Two controllers on one host answer for each other: the name tells them apart. Empty: the right one, or none given. */
    static Optional<String> otherCluster(SlurmSettings slurm, SlurmCommands commands) {
        if (slurm.clusterName().isEmpty()) {
            return Optional.empty();
        }
        Optional<Map<String, String>> config = config(commands);
        return config.isEmpty()
                ? Optional.of("Slurm does not answer to scontrol show config, so its ClusterName cannot be compared")
                : otherCluster(slurm, config.get());
    }

    private static Optional<String> otherCluster(SlurmSettings slurm, Map<String, String> config) {
        String name = config.getOrDefault("ClusterName", "(none)");
        return slurm.clusterName()
                .filter(wanted -> !wanted.equals(name))
                .map(wanted -> "ClusterName must be " + wanted + " as the cluster file says, got "
                        + Text.printable(name) + ": this is another Slurm; look at SLURM_CONF or slurm.configFile");
    }

    private static Optional<Map<String, String>> config(SlurmCommands commands) {
        SlurmCommands.Reply reply = commands.call("scontrol", "show", "config");
        return reply.answered() ? Optional.of(SlurmText.config(reply.out())) : Optional.empty();
    }

    private List<String> partitionTrouble() {
        String name = Submission.checked("partition", slurm.partition());
        SlurmCommands.Reply reply = commands.call("scontrol", "--oneliner", "show", "partition=" + name);
        Map<String, String> partition = SlurmText.partition(reply.out());
        if (!reply.answered() || !name.equals(partition.get("PartitionName"))) {
            return List.of("partition " + name + ": not found (" + reply.words() + "); sinfo lists the partitions");
        }
        List<String> trouble = new ArrayList<>();
        String state = partition.getOrDefault("State", "unknown");
        if (!state.equals("UP")) {
            trouble.add("partition " + name + ": must be UP, got " + state);
        }
        OptionalLong limit = SlurmText.minutes(partition.getOrDefault("MaxTime", "UNLIMITED"));
        experiments().forEach(experiment -> {
            long minutes = minutes(experiment);
            if (limit.isPresent() && minutes > limit.getAsLong()) {
                trouble.add("experiment " + experiment.id() + ": asks for " + minutes + " min, its deadlines included ("
                        + (long) Math.ceil(experiment.expectedSeconds() / 60) + " min expected), partition " + name
                        + " allows " + limit.getAsLong()
                        + " (MaxTime); take a shorter -Dduration, fewer -Dnodes or another partition");
            }
        });
        return trouble;
    }

    /** As the launcher will ask for. */
    private long minutes(Experiment experiment) {
        Patience patience = Patience.of(plan.cluster());
        return patience.minutes(experiment.launches().stream()
                .map(launch -> Specs.of(plan, experiment, launch, "", "", 0))
                .toList());
    }

    private List<String> nodeTrouble() {
        SlurmCommands.Reply reply = commands.call(
                "sinfo",
                "--noheader",
                "--Node",
                "--partition=" + slurm.partition(),
                "--format=" + SlurmText.NODE_FORMAT);
        if (!reply.answered()) {
            return List.of("sinfo: " + reply.words());
        }
        Map<String, SlurmText.Node> known = SlurmText.nodes(reply.out());
        Cluster cluster = plan.cluster();
        List<String> trouble = new ArrayList<>();
        for (String name : chosen()) {
            SlurmText.Node node = known.get(name);
            if (node == null) {
                trouble.add("node " + name + ": not in partition " + slurm.partition() + ", which has " + known.size()
                        + " nodes");
            } else if (!node.usable()) {
                trouble.add("node " + name + ": must be up, got " + node.state() + " (" + node.reason()
                        + "); mend it, or take it out of the cluster file's nodes");
            } else if (slurm.gres().isPresent() && node.gpus() < cluster.gpusPerNode()) {
                trouble.add("node " + name + ": must have " + cluster.gpusPerNode() + " GPUs in Slurm's GRES, got "
                        + node.gpus());
            }
        }
        return trouble;
    }

    private Set<String> chosen() {
        Set<String> nodes = new LinkedHashSet<>();
        experiments().forEach(experiment -> nodes.addAll(experiment.nodes()));
        return nodes;
    }

    private Stream<Experiment> experiments() {
        return Stream.concat(plan.experiments().stream(), plan.extension().stream());
    }
}
