package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.criteria.Criteria;
import dev.assay.measurement.Metric;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a decision over training says, and what it does not. */
final class SftScope {
    private SftScope() {}

    /** Begins a line of what a config names and the cluster has not, which no criteria change. */
    private static final String LEFT = "Training of ";

    /** That a config names more nodes than there are. */
    static String left(TrainingCase config, int nodes, int all) {
        return LEFT + config.key() + " on " + Words.plural(nodes, "node") + ", as " + config.name()
                + " names them: the cluster has " + all + ".";
    }

    /** Those lines of a recorded plan. */
    static List<String> left(List<String> omits) {
        return omits.stream().filter(line -> line.startsWith(LEFT)).toList();
    }

    static List<String> certifies(Cluster cluster, List<SftExperiment> all, SftCriteria asked) {
        if (cluster.device() == DeviceKind.REFERENCE) {
            return List.of("The training path, from a DeepSpeed config to a verdict, by tiny stand-ins on the reference"
                    + " device: losses fall, ranks agree, coverage is whole, the protocol holds.");
        }
        return all.stream()
                .filter(each -> each.experiment().notRunnable().isEmpty())
                .flatMap(each -> certified(each, cluster, asked).stream())
                .toList();
    }

    private static Optional<String> certified(SftExperiment each, Cluster cluster, SftCriteria asked) {
        String on = each.config().name() + " says, on " + Words.nodesTimesGpus(each.nodes(), cluster.gpusPerNode());
        if (each.run() == Sft.Run.NOMINAL) {
            return Optional.of("Real training steps of " + each.config().model() + " as " + on
                    + ", reach every limit that their criteria set, with losses that fall and weights that agree"
                    + (floored(each, asked) ? "." : "; of its speed nothing, as it has no floor."));
        }
        return loadsFabric(each, cluster, asked)
                ? Optional.of("The fabric under training: the stress variant of "
                        + each.config().model() + " as " + on + ", loses no more time to it than its floor allows.")
                : Optional.empty();
    }

    /** Whether it is run, against a baseline, and judged. */
    private static boolean loadsFabric(SftExperiment each, Cluster cluster, SftCriteria asked) {
        return each.run() == Sft.Run.STRESS
                && judges(each, asked, Metric.TRAIN_FABRIC)
                && each.nodes() > 1
                && !cluster.sharedHost()
                && each.noScale().isEmpty()
                && each.unscaled().isEmpty()
                && each.experiment().notRunnable().isEmpty();
    }

    /** Whether a cluster that is slow everywhere alike is found. */
    private static boolean floored(SftExperiment each, SftCriteria asked) {
        return judges(each, asked, Metric.TRAIN_MFU);
    }

    private static boolean judges(SftExperiment each, SftCriteria asked, Metric metric) {
        return asked.of(each.config(), each.run()).stream()
                .anyMatch(criterion -> criterion.metric() == metric && criterion.judged());
    }

    static List<String> omits(
            Cluster cluster,
            Selection selection,
            Criteria criteria,
            List<SftExperiment> all,
            List<String> left,
            SftCriteria asked) {
        List<String> lines = new ArrayList<>(selection.omits(criteria.workloads()));
        if (cluster.device() == DeviceKind.REFERENCE) {
            lines.add("Any cluster, and any model of the configs: the reference device is plain Java and trains tiny"
                    + " stand-ins; this proves the suite only.");
        } else {
            lines.add(
                    "The fabric, by a nominal run: where it does not feel the fabric, its scale efficiency passes only beside a"
                            + " stress variant that does, on as many nodes or more, and passed. What those say of it is training's"
                            + " share; -Dsuite=standard certifies the fabric itself.");
            lines.addAll(unloaded(cluster, all, asked));
            if (!cluster.nics().gpuDirect().orElse(true)) {
                lines.add("GPUDirect RDMA: the cluster file says that its NICs do not reach the GPUs' memory"
                        + " (nics.gpuDirect), so it is not asked for.");
            }
            lines.addAll(unfloored(all, asked));
        }
        if (cluster.sharedHost()) {
            lines.add("Any network: all nodes are this one host, so the decision is never ACCEPTED.");
        }
        lines.addAll(left);
        all.stream()
                .filter(each -> each.experiment().notRunnable().isEmpty())
                .flatMap(each -> each.noScale().stream()
                        .map(why -> "Scale efficiency of " + each.experiment().id() + ": " + why + "."))
                .forEach(lines::add);
        String cannot = all.stream()
                .flatMap(each -> Stream.concat(Stream.of(each.experiment()), each.unscaled().stream()))
                .filter(experiment -> experiment.notRunnable().isPresent())
                .map(Experiment::id)
                .collect(Collectors.joining(", "));
        if (!cannot.isEmpty()) {
            lines.add("What cannot run as it was asked for: " + cannot
                    + ". Its criteria are NOT_RUN, so nothing is accepted; ask for nodes that it fits on (-Dnodes).");
        }
        return lines;
    }

    /** Nominal runs over several nodes with no stress variant, on as many or more, that could tell of the fabric. */
    private static List<String> unloaded(Cluster cluster, List<SftExperiment> all, SftCriteria asked) {
        return all.stream()
                .filter(each -> each.run() == Sft.Run.NOMINAL && each.nodes() > 1 && !cluster.sharedHost())
                .filter(each -> all.stream()
                        .noneMatch(other -> loadsFabric(other, cluster, asked) && other.nodes() >= each.nodes()))
                .map(each -> "The fabric under " + each.experiment().id()
                        + ": no stress variant on as many nodes is judged against a baseline, so nothing here is said of"
                        + " it, and a scale efficiency that does not feel it is INCONCLUSIVE.")
                .toList();
    }

    private static List<String> unfloored(List<SftExperiment> all, SftCriteria asked) {
        return all.stream()
                .filter(each -> each.run() == Sft.Run.NOMINAL && !floored(each, asked))
                .map(each -> "The speed of " + each.config().model() + " as "
                        + each.config().name()
                        + " says: no floor: not judged. A cluster that is slow everywhere alike would not be found; name"
                        + " one (assay.floors.mfu).")
                .distinct()
                .toList();
    }
}
