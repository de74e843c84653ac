package dev.assay.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Who meets whom in which round, by the circle method: one node stays, the others walk round it. Pairs of a round are
 * disjoint, so that they can be measured at once; after n−1 rounds (n even) or n rounds (n odd, one sits out in each) every
 * pair has met once.
 */
public final class PairRounds {
    private PairRounds() {}

    /** Two different nodes. */
    public record Pair(String a, String b) {
        public Pair {
            if (a.equals(b)) {
                throw new IllegalArgumentException("a pair must be of two nodes, got " + a + " twice");
            }
        }

        boolean isOf(String node) {
            return a.equals(node) || b.equals(node);
        }
    }

    /** Every pair once; of one node there is none. */
    public static List<List<Pair>> all(List<String> nodes) {
        return IntStream.range(0, count(nodes.size()))
                .mapToObj(round -> round(nodes, round))
                .toList();
    }

    /**
     * The first {@code rounds} of the circle in an order of nodes shuffled by {@code seed}: each node meets as many different
     * ones, and after a full circle the same ones again.
     */
    public static List<List<Pair>> some(List<String> nodes, int rounds, long seed) {
        List<String> shuffled = new ArrayList<>(nodes);
        Collections.shuffle(shuffled, new Random(seed));
        return IntStream.range(0, nodes.size() < 2 ? 0 : rounds)
                .mapToObj(round -> round(shuffled, round))
                .toList();
    }

    /** How many rounds it takes until every pair has met. */
    public static int count(int nodes) {
        return nodes < 2 ? 0 : nodes % 2 == 0 ? nodes - 1 : nodes;
    }

    /** @param round ≥ 0; counts on through further circles */
    static List<Pair> round(List<String> nodes, int round) {
        int size = nodes.size();
        int circle = count(size);
        List<Pair> pairs = new ArrayList<>(size / 2);
        if (circle == 0) {
            return pairs;
        }
        int turn = round % circle;
        if (size % 2 == 0) {
            pairs.add(new Pair(nodes.get(size - 1), nodes.get(turn)));
        }
        for (int i = 1; i <= (circle - 1) / 2; i++) {
            pairs.add(new Pair(nodes.get((turn + i) % circle), nodes.get((turn + circle - i) % circle)));
        }
        return pairs;
    }
}
