package dev.assay.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is there, as the contract says it: the inventory that an acceptance must cover.
 *
 * @param name of the cluster, e.g. {@code spectrumx-h200}
 * @param nodes expanded node names, in order
 * @param gpuModel key of a {@link GpuModel}
 * @param sharedHost true where several "nodes" share one host: never ACCEPTED
 * @param modules environment modules loaded on the node before the worker starts
 * @param environment variables for the ranks, e.g. NCCL_IB_HCA
 * @param libraryDirectories searched before the loader's path
 * @param java the Java launcher on the nodes; empty: the one that comes with the bundle, else the master's own
 * @param bindings one a local rank, or none: local rank i takes GPU i
 */
public record Cluster(
        String name,
        LauncherKind launcher,
        DeviceKind device,
        List<String> nodes,
        int gpusPerNode,
        String gpuModel,
        Nics nics,
        boolean sharedHost,
        Optional<SlurmSettings> slurm,
        List<String> modules,
        Map<String, String> environment,
        List<String> libraryDirectories,
        Optional<String> java,
        List<RankBinding> bindings) {
    public Cluster {
        nodes = List.copyOf(nodes);
        modules = List.copyOf(modules);
        environment = Map.copyOf(environment);
        libraryDirectories = List.copyOf(libraryDirectories);
        bindings = List.copyOf(bindings);
    }

    /** "8 nodes × 8 NVIDIA H200". */
    public int gpus() {
        return nodes.size() * gpusPerNode;
    }
}
