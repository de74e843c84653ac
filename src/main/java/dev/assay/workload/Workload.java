package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;

/** What one rank runs. Sealed: a new workload does not compile until every place handles it. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "name")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Hbm.class, name = "hbm"),
    @JsonSubTypes.Type(value = Memtest.class, name = "memtest"),
    @JsonSubTypes.Type(value = HostLink.class, name = "host-link"),
    @JsonSubTypes.Type(value = HostLaunch.class, name = "launch"),
    @JsonSubTypes.Type(value = Peer.class, name = "peer"),
    @JsonSubTypes.Type(value = Collective.class, name = "collective"),
    @JsonSubTypes.Type(value = Fabric.class, name = "fabric"),
    @JsonSubTypes.Type(value = NodePair.class, name = "node-pair"),
    @JsonSubTypes.Type(value = NodePairRetest.class, name = "node-pair-retest"),
    @JsonSubTypes.Type(value = Rdma.class, name = "rdma"),
    @JsonSubTypes.Type(value = GemmSweep.class, name = "gemm"),
    @JsonSubTypes.Type(value = Burn.class, name = "burn"),
    @JsonSubTypes.Type(value = Coupled.class, name = "coupled"),
    @JsonSubTypes.Type(value = Sft.class, name = "sft")
})
public sealed interface Workload
        permits Hbm,
                Memtest,
                HostLink,
                HostLaunch,
                Peer,
                Collective,
                Fabric,
                NodePair,
                NodePairRetest,
                Rdma,
                GemmSweep,
                Burn,
                Coupled,
                Sft {
    /** The names that criteria files write, in the order in which the experiments run: cheap killers first. */
    List<String> KEYS = List.of(
            "hbm",
            "memtest",
            "host-link",
            "launch",
            "peer",
            "collective",
            "fabric",
            "node-pair",
            "rdma",
            "gemm",
            "burn",
            "coupled",
            "sft");

    /** One of {@link #KEYS}. */
    String key();

    /** What it does, for the plan. */
    String words();

    /**
     * Values of a metric that each rank must give to one criterion: one, or one a link.
     *
     * @param metric its key
     * @param nodes of the launch
     */
    default int valuesPerRank(String metric, int gpusPerNode, int nodes) {
        return 1;
    }

    /** The same for a criterion of only those measurements that were taken under these conditions. */
    default int valuesPerRank(String metric, Map<String, String> conditions, int gpusPerNode, int nodes) {
        return valuesPerRank(metric, gpusPerNode, nodes);
    }

    /**
     * Whether it takes measurements of a criterion's metric under its conditions.
     *
     * @param metric its key
     * @param conditions those that it does not know are another's to judge
     */
    default boolean measures(String metric, Map<String, String> conditions) {
        return true;
    }

    /** Device memory that one rank takes for it at once. */
    default MemoryNeed memory() {
        return MemoryNeed.NONE;
    }

    /** The same of each of so many ranks that work together, where they share what they hold. */
    default MemoryNeed memory(int ranks) {
        return memory();
    }

    /** Seconds that one launch may take beyond its plan, where it waits for what nobody can foretell. */
    default double patienceSeconds() {
        return 0;
    }
}
