package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Which ranks form a communicator. All communicators of a scope work at the same time. */
public enum CollectiveScope {
    /** The GPUs of one node. */
    @JsonProperty("node")
    NODE,
    /** One GPU of every node, each with the same local rank. */
    @JsonProperty("rail")
    RAIL,
    /** All ranks. */
    @JsonProperty("cluster")
    CLUSTER;

    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its communicators. */
    String words() {
        return switch (this) {
            case NODE -> "every node";
            case RAIL -> "every rail";
            case CLUSTER -> "the whole cluster";
        };
    }

    /** Whether it has two ranks at least, and is no other scope by another name. */
    public boolean exists(int nodes, int gpusPerNode) {
        return switch (this) {
            case NODE -> gpusPerNode >= 2;
            case RAIL -> nodes >= 2 && gpusPerNode >= 2;
            case CLUSTER -> nodes >= 2;
        };
    }

    /** Ranks of one communicator. */
    public int ranks(int nodes, int gpusPerNode) {
        return switch (this) {
            case NODE -> gpusPerNode;
            case RAIL -> nodes;
            case CLUSTER -> nodes * gpusPerNode;
        };
    }
}
