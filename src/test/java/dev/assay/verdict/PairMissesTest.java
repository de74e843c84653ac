package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who of those that miss a limit is looked at again, and who meets whom for it: small matrices. */
class PairMissesTest {
    @Test
    void eachPairBelowTheLimitIsWorthALookUpToHalfOfThem() {
        List<Part.NodePair> three = List.of(pair(0, 1), pair(0, 2), pair(2, 3));

        assertThat(PairMisses.worthALook(three, 6)).isEqualTo(three);
        assertThat(PairMisses.worthALook(List.of(), 6)).isEmpty();
    }

    @Test
    void moreThanHalfIsTheFabricUnlessOneNodeIsCommonToAll() {
        assertThat(PairMisses.worthALook(List.of(pair(0, 1), pair(0, 2), pair(2, 3), pair(1, 3)), 6))
                .isEmpty();
        assertThat(PairMisses.worthALook(List.of(pair(0, 1), pair(0, 2)), 3))
                .as("a node of three is bad with both others")
                .hasSize(2);
        assertThat(PairMisses.worthALook(List.of(pair(0, 1), pair(0, 2), pair(1, 2)), 3))
                .isEmpty();
    }

    @Test
    void whatDoesNotStandOutIsSiftedForTheLimitAlone() {
        for (int nodes : List.of(4, 8)) {
            PairPasses passes = PairPasses.screened(fleet(nodes), Better.HIGHER, all(nodes));

            assertThat(passes.toSift().nodes()).isEmpty();
            PairPasses below = passes.below(new PairsBelow(List.of(pair(0, 1), pair(0, 2)), List.of()));
            assertThat(below.toSift().nodes()).containsExactly(node(0), node(1), node(2));
            assertThat(below.toSift().pairs()).containsExactly(pair(0, 1), pair(0, 2));
            assertThat(below.toSift().chosen()).as("nobody is suspect for it").isEmpty();
            assertThat(below.toJudge().nodes()).as("before it met again").isEmpty();
        }
    }

    @Test
    void onlyWhatMissesItAgainIsJudgedAndPartnersAreLeft() {
        for (int nodes : List.of(4, 8)) {
            PairPasses sifted =
                    PairPasses.screened(fleet(nodes), Better.HIGHER, all(nodes)).sifted(all(nodes));
            List<Part.NodePair> first = List.of(pair(0, 1), pair(2, 3));

            assertThat(sifted.below(new PairsBelow(first, List.of())).toJudge().nodes())
                    .isEmpty();
            PairSuspects judged = sifted.below(new PairsBelow(first, first)).toJudge();
            assertThat(judged.nodes())
                    .as("a quarter of the nodes, two at least")
                    .containsExactly(node(0), node(1));
            assertThat(judged.pairs()).containsExactly(pair(0, 1));
        }
    }

    @Test
    void aPairThatASuspectExplainsIsLookedAtWithTheSuspect() {
        Attribution look = new Attribution(
                List.of(),
                List.of(new Culprit(List.of(new Part.Nic(node(3), 1)), 10, 7, 7, 0.01)),
                new PairCoverage(List.of(), 28, 28));

        PairSuspects suspects = PairSuspects.of(look, List.of(pair(3, 5), pair(0, 1)), 8);

        assertThat(suspects.nodes()).containsExactly(node(3), node(0), node(1));
        assertThat(suspects.pairs()).containsExactly(pair(0, 1));
    }

    @Test
    void ofTwoNodesNobodyIsLookedAtForALimit() {
        PairPasses two = PairPasses.screened(fleet(2), Better.HIGHER, all(2))
                .below(new PairsBelow(List.of(pair(0, 1)), List.of(pair(0, 1))));

        assertThat(two.toSift().nodes()).isEmpty();
    }

    /** Every pair once, by one rail, a little apart so that there is noise. */
    private static List<PairObservation> all(int nodes) {
        List<PairObservation> all = new ArrayList<>();
        for (int a = 0; a < nodes; a++) {
            for (int b = a + 1; b < nodes; b++) {
                all.add(new PairObservation(
                        new PairEnd(node(a), 0, OptionalInt.of(0)),
                        new PairEnd(node(b), 0, OptionalInt.of(0)),
                        "same rail",
                        (a + b) % (nodes - 1),
                        50 + 0.1 * ((7 * a + 3 * b) % 5)));
            }
        }
        return all;
    }

    private static Set<String> fleet(int nodes) {
        return Set.copyOf(
                IntStream.range(0, nodes).mapToObj(PairMissesTest::node).toList());
    }

    private static Part.NodePair pair(int a, int b) {
        return new Part.NodePair(node(a), node(b));
    }

    private static String node(int number) {
        return "node" + number;
    }
}
