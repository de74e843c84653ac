package dev.assay.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModel;
import dev.assay.workload.NodePair;
import java.util.List;
import java.util.Optional;

/**
 * What will run and what it will be judged by.
 *
 * @param experiments in the order they run
 * @param extension the experiment that runs only if the first look at scale efficiency cannot tell; empty list: none
 * @param fabricFloorGBps bus bandwidth that the fabric must at least give to an all-reduce at the largest node count
 * @param certifies what an accepting decision would say, one sentence a line
 * @param omits what it would not say
 * @param selection what was asked for, where it was less or more than the standard suite; plans were written without it once
 * @param training what the configs asked for and were predicted to take, of {@code -Dsuite=sft}; plans were written without it once
 */
public record Plan(
        Cluster cluster,
        GpuModel gpuModel,
        List<Integer> nodeCounts,
        double durationSeconds,
        List<Experiment> experiments,
        List<Experiment> extension,
        List<Row> rows,
        double fabricFloorGBps,
        List<String> certifies,
        List<String> omits,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Selection> selection,

        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<TrainingRecord> training) {
    public Plan {
        nodeCounts = List.copyOf(nodeCounts);
        experiments = List.copyOf(experiments);
        extension = List.copyOf(extension);
        rows = List.copyOf(rows);
        certifies = List.copyOf(certifies);
        omits = List.copyOf(omits);
    }

    /** Of a suite that trains nothing. */
    public Plan(
            Cluster cluster,
            GpuModel gpuModel,
            List<Integer> nodeCounts,
            double durationSeconds,
            List<Experiment> experiments,
            List<Experiment> extension,
            List<Row> rows,
            double fabricFloorGBps,
            List<String> certifies,
            List<String> omits,
            Optional<Selection> selection) {
        this(
                cluster,
                gpuModel,
                nodeCounts,
                durationSeconds,
                experiments,
                extension,
                rows,
                fabricFloorGBps,
                certifies,
                omits,
                selection,
                Optional.empty());
    }

    /** @throws IllegalArgumentException where none is called so */
    public Experiment experiment(String id) {
        return experiments.stream()
                .filter(experiment -> experiment.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no experiment " + id + " in the plan"));
    }

    /** Whether it leaves out nothing of the suite. */
    public boolean wholeSuite() {
        return selection.map(Selection::whole).orElse(true);
    }

    /** Whether it covers the whole contract: every node and pair of the cluster file, every part of the suite. */
    public boolean wholeInventory() {
        int nodes = cluster.nodes().size();
        return wholeSuite() && nodeCounts.contains(nodes) && nodes <= NodePair.MOST_NODES;
    }
}
