package dev.assay.plan;

import java.util.List;
import java.util.TreeSet;

/**
 * Which nodes a scaled launch takes: always the same ones would certify those only. Blocks of k nodes follow each other round
 * the cluster; after each full round they start one node later, so that the pairs change too.
 */
final class Rotation {
    private Rotation() {}

    /** {@code count} of {@code nodes}, in the order of {@code nodes}: neighbours in the cluster file stay neighbours in rank. */
    static List<String> subset(List<String> nodes, int count, int repetition) {
        int blocks = (nodes.size() + count - 1) / count;
        int start = repetition * count + repetition / blocks;
        TreeSet<Integer> chosen = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            chosen.add((start + i) % nodes.size());
        }
        return chosen.stream().map(nodes::get).toList();
    }
}
