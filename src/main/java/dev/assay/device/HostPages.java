package dev.assay.device;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where the pages of host memory really lie, by the kernel's word: a thread's CPUs only ask for a node, and a node that is full
 * gives another's pages.
 *
 * @param pages by NUMA node, in units of 4 KiB; empty where the kernel does not tell
 * @param wanted the node that they were asked from; empty where there is no choice, or none is known
 * @param source who told, or why nobody does
 */
public record HostPages(Map<Integer, Long> pages, Optional<Integer> wanted, String source) {
    /** A page or two elsewhere move no bandwidth. */
    private static final double ENOUGH = 0.99;

    public HostPages {
        pages = Map.copyOf(pages);
    }

    /** @param why in words, with who was asked */
    public static HostPages untold(Optional<Integer> wanted, String why) {
        return new HostPages(Map.of(), wanted, why);
    }

    public boolean told() {
        return !pages.isEmpty();
    }

    /** Of two pieces of memory that are used together; one that is not told leaves both untold. */
    public HostPages and(HostPages other) {
        if (!told() || !other.told()) {
            return untold(wanted, told() ? other.source : source);
        }
        Map<Integer, Long> both = new TreeMap<>(pages);
        other.pages.forEach((node, count) -> both.merge(node, count, Long::sum));
        return new HostPages(both, wanted, source);
    }

    /** E.g. {@code 131072 on node 1}. */
    public String words() {
        return new TreeMap<>(pages)
                .entrySet().stream()
                        .map(each -> each.getValue() + " on node " + each.getKey())
                        .collect(Collectors.joining(", "));
    }

    /** Why this is not the memory that was asked for. */
    public Optional<String> misplaced() {
        long all = pages.values().stream().mapToLong(Long::longValue).sum();
        return wanted.filter(node -> told() && pages.getOrDefault(node, 0L).doubleValue() < ENOUGH * all)
                .map(node -> "pages of 4 KiB that were to lie on node " + node + " lie elsewhere: " + words()
                        + ", says " + source);
    }
}
