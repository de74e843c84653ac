package dev.assay.run;

import dev.assay.plan.PairRetest;
import dev.assay.plan.PairRetest.Suspects;
import dev.assay.plan.PairRounds;
import dev.assay.plan.PairRounds.Pair;
import dev.assay.verdict.Attribution;
import dev.assay.verdict.Better;
import dev.assay.verdict.Culprit;
import dev.assay.verdict.PairCoverage;
import dev.assay.verdict.PairObservation;
import dev.assay.verdict.Part;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Who slows the pairs of a fleet: everybody meets some or all others, whoever looks slow meets known-good partners to sift
 * the strays out, and the few that are left are judged by a third, fresh set of rounds alone. Values that made somebody a
 * suspect never convict him.
 */
public final class PairSearch {
    private PairSearch() {}

    /** Lets pairs meet at the same time. */
    @FunctionalInterface
    public interface Meter {
        /**
         * What the round gave; a pair that failed is left out.
         *
         * @param round counts on over the whole search
         * @param crossed each GPU uses its neighbour's NIC, which tells one from the other
         */
        List<PairObservation> measure(int round, List<Pair> pairs, boolean crossed);
    }

    /** Rounds of each step. */
    public record Budget(int screening, int sifting, int judging) {
        private static final int MOST_NODES_FOR_ALL_PAIRS = 32;
        private static final int CIRCLES = 2;

        public Budget {
            if (screening < 1 || sifting < 0 || judging < 1) {
                throw new IllegalArgumentException(
                        "rounds must be ≥ 1 of screening, ≥ 0 of sifting, ≥ 1 of judging, got " + screening + ", "
                                + sifting + ", " + judging);
            }
        }

        /** Every pair twice in a small fleet; 20 rounds in all in a large one, which leaves most links unmeasured. */
        public static Budget of(int nodes) {
            return nodes <= MOST_NODES_FOR_ALL_PAIRS
                    ? new Budget(Math.max(1, CIRCLES * PairRounds.count(nodes)), 4, 16)
                    : new Budget(6, 4, 10);
        }
    }

    /**
     * @param culprits accused
     * @param suspects that stood out to the end without being proven
     * @param coverage over all rounds
     * @param rounds that were run
     */
    public record Outcome(List<Culprit> culprits, List<Culprit> suspects, PairCoverage coverage, int rounds) {
        public Outcome {
            culprits = List.copyOf(culprits);
            suspects = List.copyOf(suspects);
        }
    }

    /** @param seed of the order in which nodes meet */
    public static Outcome search(Set<String> fleet, Better better, Budget budget, long seed, Meter meter) {
        List<String> nodes = List.copyOf(new TreeSet<>(fleet));
        List<PairObservation> seen = new ArrayList<>();
        int round = 0;
        for (List<Pair> pairs : PairRounds.some(nodes, budget.screening(), seed)) {
            seen.addAll(meter.measure(round++, pairs, false));
        }
        Attribution look = Attribution.of(fleet, seen, better);
        for (int i = 0; i < budget.sifting() && !look.nodesInQuestion().isEmpty(); i++) {
            Suspects suspects = suspects(look, nodes.size());
            seen.addAll(meter.measure(round++, PairRetest.round(nodes, suspects, 2 * i), isCrossed(i)));
            look = Attribution.of(fleet, seen, better);
        }
        Suspects suspects = suspects(look, mostJudged(nodes.size()));
        if (suspects.nodes().isEmpty()) {
            return new Outcome(List.of(), List.of(), look.coverage(), round);
        }
        List<PairObservation> fresh = new ArrayList<>();
        for (int i = 0; i < budget.judging(); i++) {
            fresh.addAll(meter.measure(round++, PairRetest.round(nodes, suspects, i), isCrossed(i)));
        }
        Attribution judged = Attribution.among(Set.copyOf(suspects.nodes()), fleet, fresh, better);
        seen.addAll(fresh);
        return new Outcome(judged.culprits(), judged.suspects(), PairCoverage.of(fleet, seen), round);
    }

    private static int mostJudged(int nodes) {
        return Math.max(2, Math.min(nodes / 4, 16));
    }

    /** Pairs meet in even rounds and part in odd ones; two rounds straight, two crossed. */
    private static boolean isCrossed(int round) {
        return round / 2 % 2 == 1;
    }

    /** @param most nodes taken, those of the most suspect parts first: the others must be left as partners */
    private static Suspects suspects(Attribution look, int most) {
        Set<String> nodes = new LinkedHashSet<>();
        Set<Pair> pairs = new LinkedHashSet<>();
        Stream.concat(look.culprits().stream(), look.suspects().stream())
                .flatMap(culprit -> culprit.parts().stream())
                .map(Part::nodes)
                .forEach(of -> {
                    Set<String> more = new LinkedHashSet<>(nodes);
                    more.addAll(of);
                    if (more.size() <= most) {
                        nodes.addAll(of);
                        if (of.size() == 2) {
                            pairs.add(new Pair(of.get(0), of.get(1)));
                        }
                    }
                });
        return new Suspects(List.copyOf(nodes), List.copyOf(pairs));
    }
}
