package dev.assay.plan;

import dev.assay.plan.PairRounds.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The second pass: suspects against known-good partners, another one each round, so that what stays slow is the suspect's
 * own. Two nodes whose pair is suspect meet in even rounds and part in odd ones, which tells the link from its ends. All
 * others meet each other: they are the fleet that the suspects are compared with.
 */
public final class PairRetest {
    private PairRetest() {}

    /**
     * Whom to look at again, the most suspect first.
     *
     * @param nodes every node of a suspect, also those of {@code pairs}
     */
    public record Suspects(List<String> nodes, List<Pair> pairs) {
        public Suspects {
            nodes = List.copyOf(nodes);
            pairs = List.copyOf(pairs);
            for (Pair pair : pairs) {
                if (!nodes.contains(pair.a()) || !nodes.contains(pair.b())) {
                    throw new IllegalArgumentException("suspect nodes must hold both of " + pair + ", got " + nodes);
                }
            }
        }
    }

    /** Disjoint pairs; a node sits out where the number is odd or too few good ones are left. */
    public static List<Pair> round(List<String> nodes, Suspects suspects, int round) {
        Set<String> free = new LinkedHashSet<>(nodes);
        List<Pair> pairs = new ArrayList<>();
        if (round % 2 == 0) {
            suspectsMeet(suspects, free, pairs);
        }
        Set<String> suspect = new HashSet<>(suspects.nodes());
        List<String> good =
                nodes.stream().filter(node -> !suspect.contains(node)).toList();
        List<String> waiting = rotated(suspects.nodes(), round);
        waiting.removeIf(node -> !free.contains(node));
        for (int i = 0; i < Math.min(waiting.size(), good.size()); i++) {
            meet(new Pair(waiting.get(i), good.get((i + 2 * round) % good.size())), free, pairs);
        }
        pairs.addAll(PairRounds.round(good.stream().filter(free::contains).toList(), round));
        return List.copyOf(pairs);
    }

    /** Of pairs that share a node the most suspect one. */
    private static void suspectsMeet(Suspects suspects, Set<String> free, List<Pair> pairs) {
        for (Pair pair : suspects.pairs()) {
            if (free.contains(pair.a()) && free.contains(pair.b())) {
                meet(pair, free, pairs);
            }
        }
    }

    private static void meet(Pair pair, Set<String> free, List<Pair> pairs) {
        free.remove(pair.a());
        free.remove(pair.b());
        pairs.add(pair);
    }

    private static <T> List<T> rotated(List<T> list, int by) {
        List<T> rotated = new ArrayList<>(list);
        Collections.rotate(rotated, -by);
        return rotated;
    }
}
