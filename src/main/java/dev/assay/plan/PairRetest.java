package dev.assay.plan;

import dev.assay.plan.PairRounds.Pair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The second pass: suspects against known-good partners, another one each round, so that what stays slow is the suspect's
 * own. Two nodes whose pair is suspect meet in even rounds and part in odd ones, which tells the link from its ends. All
 * others meet each other: they are the fleet that the suspects are compared with.
 */
public final class PairRetest {
    private final List<String> nodes;
    private final Suspects suspects;
    private final List<String> good;
    /** How often two nodes met. */
    private final Map<Set<String>, Integer> met = new HashMap<>();

    private PairRetest(List<String> nodes, Suspects suspects) {
        this.nodes = nodes;
        this.suspects = suspects;
        Set<String> suspect = new HashSet<>(suspects.nodes());
        this.good = nodes.stream().filter(node -> !suspect.contains(node)).toList();
    }

    /**
     * Pairs that meet at once.
     *
     * @param number counts on over the whole search
     * @param crossed each GPU uses its neighbour's NIC, which tells one from the other
     */
    public record Round(int number, List<Pair> pairs, boolean crossed) {
        public Round {
            pairs = List.copyOf(pairs);
            if (number < 0) {
                throw new IllegalArgumentException("a round's number must be ≥ 0, got " + number);
            }
        }
    }

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

    /**
     * Many suspects, most of them strays: in every round as many suspect pairs as can meet, those that met least often first.
     *
     * @param first number of the first round
     */
    public static List<Round> sifting(List<String> nodes, Suspects suspects, int first, int rounds) {
        PairRetest retest = new PairRetest(nodes, suspects);
        return IntStream.range(0, rounds)
                .mapToObj(i -> new Round(first + i, retest.next(i, retest.leastMet()), false))
                .toList();
    }

    /**
     * Few suspects: their pairs meet and part in turn, two rounds straight, two crossed. Of pairs that share a node the most
     * suspect one meets, as a link must be met five times before it can be accused.
     *
     * @param first number of the first round
     * @param crosses whether GPUs can use their neighbours' NICs
     */
    public static List<Round> judging(List<String> nodes, Suspects suspects, int first, int rounds, boolean crosses) {
        PairRetest retest = new PairRetest(nodes, suspects);
        return IntStream.range(0, rounds)
                .mapToObj(i -> new Round(
                        first + i,
                        retest.next(i, i % 2 == 0 ? suspects.pairs() : List.of()),
                        crosses && i / 2 % 2 == 1))
                .toList();
    }

    /**
     * Disjoint pairs; a node sits out where the number is odd.
     *
     * @param first who meets if both are free, in this order
     */
    private List<Pair> next(int round, List<Pair> first) {
        Set<String> free = new LinkedHashSet<>(nodes);
        List<Pair> pairs = new ArrayList<>();
        first.forEach(pair -> meet(pair, free, pairs));
        List<String> waiting = new ArrayList<>(suspects.nodes());
        Collections.rotate(waiting, -round);
        for (int i = 0; i < waiting.size(); i++) {
            if (free.contains(waiting.get(i))) {
                partner(waiting.get(i), i + 2 * round, free).ifPresent(pair -> meet(pair, free, pairs));
            }
        }
        others(suspects.nodes(), free, round, pairs);
        others(good, free, round, pairs);
        return pairs;
    }

    private List<Pair> leastMet() {
        return suspects.pairs().stream().sorted(Comparator.comparing(this::met)).toList();
    }

    /** The known-good node that it met least often, the search beginning at another one each round. */
    private Optional<Pair> partner(String suspect, int start, Set<String> free) {
        return IntStream.range(0, good.size())
                .mapToObj(i -> good.get((start + i) % good.size()))
                .filter(free::contains)
                .map(node -> new Pair(suspect, node))
                .min(Comparator.comparing(this::met));
    }

    /** Those that are left meet each other: of the good that is the fleet to compare with, of suspects better than nobody. */
    private void others(List<String> among, Set<String> free, int round, List<Pair> pairs) {
        PairRounds.round(among.stream().filter(free::contains).toList(), round)
                .forEach(pair -> meet(pair, free, pairs));
    }

    private int met(Pair pair) {
        return met.getOrDefault(Set.of(pair.a(), pair.b()), 0);
    }

    private void meet(Pair pair, Set<String> free, List<Pair> pairs) {
        if (free.contains(pair.a()) && free.contains(pair.b())) {
            free.remove(pair.a());
            free.remove(pair.b());
            pairs.add(pair);
            met.merge(Set.of(pair.a(), pair.b()), 1, Integer::sum);
        }
    }
}
