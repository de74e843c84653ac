package dev.assay.verdict;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a search for slow parts has seen of one kind of value, and what follows from it: everybody meets others; whoever looks
 * slow is sifted, since strays look slow once; the few that are left are judged by a third, fresh set of rounds alone.
 *
 * @param fleet every node
 * @param screening all pairs, or some
 * @param sifting those that looked slow, again
 * @param judging the few that are left, with known-good partners; only these accuse
 * @param below pairs that miss a limit, which are looked at again though they do not stand out
 */
public record PairPasses(
        Set<String> fleet,
        Better better,
        List<PairObservation> screening,
        List<PairObservation> sifting,
        List<PairObservation> judging,
        PairsBelow below) {
    /** Of two nodes neither is known to be good: nobody can be told from the other. */
    public static final int FEWEST_NODES = 3;

    private static final int MOST_JUDGED = 16;

    public PairPasses {
        fleet = Set.copyOf(fleet);
        screening = List.copyOf(screening);
        sifting = List.copyOf(sifting);
        judging = List.copyOf(judging);
    }

    /** After the first pass. */
    public static PairPasses screened(Set<String> fleet, Better better, List<PairObservation> screening) {
        return new PairPasses(fleet, better, screening, List.of(), List.of(), PairsBelow.NONE);
    }

    /** With more of the second pass. */
    public PairPasses sifted(List<PairObservation> observations) {
        return new PairPasses(
                fleet,
                better,
                screening,
                Stream.concat(sifting.stream(), observations.stream()).toList(),
                judging,
                below);
    }

    /** With the last pass. */
    public PairPasses judged(List<PairObservation> observations) {
        return new PairPasses(fleet, better, screening, sifting, observations, below);
    }

    /** With those that miss a limit. */
    public PairPasses below(PairsBelow pairs) {
        return new PairPasses(fleet, better, screening, sifting, judging, pairs);
    }

    /** Whoever looks slow so far, however many, and after them the pairs that miss a limit. */
    public PairSuspects toSift() {
        return isComparable() ? PairSuspects.of(look(), below.first(), fleet.size()) : PairSuspects.none();
    }

    /** The few that do after they were sifted, and where there is room the pairs that miss a limit again. */
    public PairSuspects toJudge() {
        return isComparable() && !sifting.isEmpty()
                ? PairSuspects.of(look(), below.again(), mostJudged(fleet.size()))
                : PairSuspects.none();
    }

    /** By the last pass alone. */
    public Attribution verdict() {
        return Attribution.among(new TreeSet<>(toJudge().nodes()), new TreeSet<>(fleet), judging, better);
    }

    /** Over all passes. */
    public PairCoverage coverage() {
        return PairCoverage.of(
                new TreeSet<>(fleet),
                Stream.of(screening, sifting, judging).flatMap(List::stream).toList());
    }

    boolean isComparable() {
        return fleet.size() >= FEWEST_NODES;
    }

    private Attribution look() {
        List<PairObservation> both =
                Stream.concat(screening.stream(), sifting.stream()).toList();
        return Attribution.of(new TreeSet<>(fleet), both, better);
    }

    private static int mostJudged(int nodes) {
        return Math.max(2, Math.min(nodes / 4, MOST_JUDGED));
    }
}
