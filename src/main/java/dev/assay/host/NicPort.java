package dev.assay.host;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One port of a NIC at one moment.
 *
 * @param name {@code mlx5_0/1} (device and port), or a network interface's
 * @param facts state, link layer, interface, NUMA node: what a reader must know beside the counters
 * @param rate line rate, GB/s
 * @param counts by the names that {@link Figure} uses
 */
record NicPort(String name, Map<String, String> facts, Change rate, Map<String, Count> counts, List<Figure> figures) {
    NicPort {
        facts = Map.copyOf(facts);
        counts = Map.copyOf(counts);
    }

    /** NICs that it stands for: the links of a bond that are up; of any other port one. */
    int links() {
        return Integer.parseInt(facts.getOrDefault("links", "1"));
    }

    /** A port that was there before and is not any more. */
    NicPort gone() {
        Map<String, String> now = new TreeMap<>(facts);
        now.put("state", "gone");
        return new NicPort(name, now, rate, Map.of(), figures);
    }

    boolean isGone() {
        return "gone".equals(facts.get("state"));
    }
}
