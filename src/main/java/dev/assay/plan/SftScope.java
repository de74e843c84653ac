package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.criteria.Criteria;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a decision over training says, and what it does not. */
final class SftScope {
    private SftScope() {}

    static List<String> certifies(Cluster cluster, List<SftExperiment> all) {
        if (cluster.device() == DeviceKind.REFERENCE) {
            return List.of("The training path, from a DeepSpeed config to a verdict, by tiny stand-ins on the reference"
                    + " device: losses fall, ranks agree, coverage is whole, the protocol holds.");
        }
        return all.stream()
                .filter(each -> each.run() == Sft.Run.NOMINAL
                        && each.experiment().notRunnable().isEmpty())
                .map(each -> "Real training steps of " + each.config().model() + " as "
                        + each.config().name() + " says, on "
                        + Words.nodesTimesGpus(each.nodes(), cluster.gpusPerNode())
                        + ", reach every limit that their criteria set, with losses that fall and weights that agree.")
                .toList();
    }

    static List<String> omits(
            Cluster cluster, Selection selection, Criteria criteria, List<SftExperiment> all, List<String> left) {
        List<String> lines = new ArrayList<>(selection.omits(criteria.workloads()));
        if (cluster.device() == DeviceKind.REFERENCE) {
            lines.add("Any cluster, and any model of the configs: the reference device is plain Java and trains tiny"
                    + " stand-ins; this proves the suite only.");
        } else {
            lines.add(
                    "The fabric, by a nominal run alone: read the plan's sensitivity, and the stress variants beside it.");
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
                .filter(each -> each.experiment().notRunnable().isPresent())
                .map(each -> each.experiment().id())
                .collect(Collectors.joining(", "));
        if (!cannot.isEmpty()) {
            lines.add("What cannot run as it was asked for: " + cannot
                    + ". Its criteria are NOT_RUN, so nothing is accepted; ask for nodes that it fits on (-Dnodes).");
        }
        return lines;
    }
}
