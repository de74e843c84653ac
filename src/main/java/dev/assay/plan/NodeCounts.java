package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.InputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** On how many nodes the workloads run: {@code -Dnodes=2,4,8}. */
public final class NodeCounts {
    private NodeCounts() {}

    /** @throws InputException on anything but ascending whole numbers that the cluster has */
    public static List<Integer> parse(String text, Cluster cluster) {
        List<Integer> counts = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            if (!word.strip().matches("[0-9]{1,6}")) {
                throw error("\"" + word.strip().replaceAll("\\p{Cntrl}", "?") + "\"", cluster);
            }
            counts.add(Integer.parseInt(word.strip()));
        }
        return checked(counts, cluster);
    }

    /** Two, four, eight … and all nodes: a fabric shows its faults only beyond two nodes, and only where all take part. */
    public static List<Integer> defaults(Cluster cluster) {
        int all = cluster.nodes().size();
        Set<Integer> counts = new LinkedHashSet<>();
        for (int count = 2; count < all; count *= 2) {
            counts.add(count);
        }
        counts.add(all);
        return List.copyOf(counts);
    }

    static List<Integer> checked(List<Integer> counts, Cluster cluster) {
        if (counts.isEmpty()) {
            throw error("no number", cluster);
        }
        Set<Integer> seen = new LinkedHashSet<>();
        for (int count : counts) {
            if (count < 1 || count > cluster.nodes().size()) {
                throw error(Integer.toString(count), cluster);
            }
            if (!seen.add(count)) {
                throw error(count + " twice", cluster);
            }
        }
        return seen.stream().sorted().toList();
    }

    private static InputException error(String found, Cluster cluster) {
        int all = cluster.nodes().size();
        return new InputException(
                "Reading the node counts (-Dnodes)",
                found,
                "different whole numbers from 1 to " + all + ", as the cluster " + cluster.name() + " has " + all
                        + (all == 1 ? " node" : " nodes"),
                "write for example -Dnodes="
                        + String.join(
                                ",",
                                defaults(cluster).stream().map(String::valueOf).toList())
                        + ", or leave it away for that");
    }
}
