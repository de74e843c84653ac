package dev.assay.run;

import dev.assay.plan.PairRetest;
import dev.assay.plan.PairRetest.Round;
import dev.assay.plan.PairRetest.Suspects;
import dev.assay.plan.PairRetests;
import dev.assay.plan.PairRounds;
import dev.assay.plan.PairRounds.Pair;
import dev.assay.verdict.Better;
import dev.assay.verdict.PairObservation;
import dev.assay.verdict.PairPasses;
import dev.assay.verdict.PairSuspects;
import dev.assay.verdict.PairsBelow;
import dev.assay.verdict.Part;
import dev.assay.workload.NodePair;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Who slows the pairs of a fleet: everybody meets some or all others, whoever looks slow is sifted, and the few that are left
 * are judged by a third, fresh set of rounds alone; {@link PairPasses} says what follows from each. A run and the proof with
 * made-up fleets go this way both.
 */
public final class PairSearch {
    private static final int FEWEST_JUDGED = 2;
    private static final Suspects NOBODY = new Suspects(List.of(), List.of());

    private PairSearch() {}

    /** What a set of rounds is for. */
    public enum Pass {
        SCREENING,
        SIFTING,
        JUDGING
    }

    /** Lets pairs meet. */
    public interface Meter {
        /**
         * What the rounds gave, by the way in which it is good; a pair that failed is left out.
         *
         * @param suspects whom the rounds are for
         */
        Map<Better, List<PairObservation>> measure(Pass pass, Suspects suspects, List<Round> rounds);

        /** Whether GPUs can use their neighbours' NICs. */
        boolean crosses();

        /** Pairs that missed a limit in the screening and are looked at again for that, the worst first. */
        List<Part.NodePair> below(Better better);

        /** Those of them that missed it again in what was measured since. */
        List<Part.NodePair> confirmed(Better better);
    }

    /**
     * Rounds of each pass.
     *
     * @param sifts sets of sifting rounds, each chosen by all before it; on a cluster each is a launch of its own
     * @param sifting rounds of each
     */
    public record Budget(int screening, int sifts, int sifting, int judging) {
        public Budget {
            if (screening < 1 || sifts < 1 || sifting < 1 || judging < 1) {
                throw new IllegalArgumentException("rounds of screening, sifting and judging must be ≥ 1, got "
                        + screening + ", " + sifts + " of " + sifting + ", " + judging);
            }
        }

        /** Every pair once in a small fleet; 20 rounds in all in a large one, which leaves most links unmeasured. */
        public static Budget of(int nodes) {
            return nodes <= NodePair.MOST_NODES
                    ? new Budget(
                            Math.max(1, PairRounds.count(nodes)),
                            1,
                            PairRetests.SIFTING_ROUNDS,
                            PairRetests.JUDGING_ROUNDS)
                    : new Budget(6, 4, 1, 10);
        }
    }

    /** @param seed of the order in which nodes meet */
    public static List<PairPasses> search(Set<String> fleet, Budget budget, long seed, Meter meter) {
        List<List<Pair>> pairs = PairRounds.some(List.copyOf(new TreeSet<>(fleet)), budget.screening(), seed);
        List<Round> rounds = IntStream.range(0, pairs.size())
                .mapToObj(i -> new Round(i, pairs.get(i), false))
                .toList();
        Map<Better, List<PairObservation>> seen = meter.measure(Pass.SCREENING, NOBODY, rounds);
        return goOn(
                seen.entrySet().stream()
                        .map(each -> PairPasses.screened(fleet, each.getKey(), each.getValue()))
                        .toList(),
                budget,
                meter);
    }

    /** After the screening; where nobody is left to look at no further round is run. */
    public static List<PairPasses> goOn(List<PairPasses> screened, Budget budget, Meter meter) {
        List<String> nodes = screened.stream()
                .flatMap(passes -> passes.fleet().stream())
                .distinct()
                .sorted()
                .toList();
        List<PairPasses> sifted = screened.stream()
                .map(passes -> passes.below(new PairsBelow(meter.below(passes.better()), List.of())))
                .toList();
        int round = budget.screening();
        for (int i = 0; i < budget.sifts(); i++) {
            Suspects toSift = together(sifted.stream().map(PairPasses::toSift).toList(), nodes.size());
            if (toSift.nodes().isEmpty()) {
                return sifted;
            }
            Map<Better, List<PairObservation>> again =
                    meter.measure(Pass.SIFTING, toSift, PairRetest.sifting(nodes, toSift, round, budget.sifting()));
            sifted = sifted.stream()
                    .map(passes -> passes.sifted(again.getOrDefault(passes.better(), List.of()))
                            .below(new PairsBelow(meter.below(passes.better()), meter.confirmed(passes.better()))))
                    .toList();
            round += budget.sifting();
        }
        Suspects toJudge =
                together(sifted.stream().map(PairPasses::toJudge).toList(), Math.max(FEWEST_JUDGED, nodes.size() / 2));
        if (toJudge.nodes().isEmpty()) {
            return sifted;
        }
        Map<Better, List<PairObservation>> fresh = meter.measure(
                Pass.JUDGING, toJudge, PairRetest.judging(nodes, toJudge, round, budget.judging(), meter.crosses()));
        return sifted.stream()
                .map(passes -> passes.judged(fresh.getOrDefault(passes.better(), List.of())))
                .toList();
    }

    /**
     * Those of all kinds of value: they share the rounds.
     *
     * @param most nodes taken; the others are partners, and meet somebody too
     */
    private static Suspects together(List<PairSuspects> all, int most) {
        Set<String> nodes = new LinkedHashSet<>();
        all.stream()
                .flatMap(suspects -> suspects.nodes().stream())
                .distinct()
                .limit(most)
                .forEach(nodes::add);
        List<Pair> pairs = all.stream()
                .flatMap(suspects -> suspects.pairs().stream())
                .distinct()
                .filter(pair -> nodes.contains(pair.a()) && nodes.contains(pair.b()))
                .map(pair -> new Pair(pair.a(), pair.b()))
                .toList();
        return new Suspects(List.copyOf(nodes), pairs);
    }
}
