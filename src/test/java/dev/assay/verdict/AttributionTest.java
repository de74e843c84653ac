package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.verdict.Part.Gpu;
import dev.assay.verdict.Part.Link;
import dev.assay.verdict.Part.Nic;
import dev.assay.verdict.Part.Node;
import dev.assay.verdict.Part.NodePair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AttributionTest {
    private static final int RAILS = 8;
    private static final int REPEATS = 12;

    @Test
    void aHealthyFleetNamesNobody() {
        Attribution attribution = attribution(8, REPEATS, false, pair -> 1);

        assertThat(attribution.culprits()).isEmpty();
        assertThat(attribution.coverage().whole()).isTrue();
    }

    @Test
    void aSlowNodeIsCommonToItsPairs() {
        Attribution attribution = attribution(8, REPEATS, false, slow(new Node("n3"), 0.9));

        Culprit culprit = only(attribution);
        assertThat(culprit.parts()).containsExactly(new Node("n3"));
        assertThat(culprit.percent()).isCloseTo(10, within(1.0));
        assertThat(culprit.meetings()).isEqualTo(7 * REPEATS);
        assertThat(culprit.text())
                .startsWith("node n3: ")
                .contains(" % slower than the fleet's median, in 84 of 84 meetings;");
    }

    @Test
    void gpuAndNicOfOneRailCannotBeToldApartUntilTheyAreCrossed() {
        ToDoubleFunction<PairObservation> sick = slow(new Gpu("n3", 1), 0.9);

        assertThat(only(attribution(8, REPEATS, false, sick)).parts())
                .containsExactlyInAnyOrder(new Gpu("n3", 1), new Nic("n3", 1));
        assertThat(only(attribution(8, REPEATS, false, sick)).text()).startsWith("cannot tell apart: {");
        assertThat(only(attribution(8, REPEATS, true, sick)).parts()).containsExactly(new Gpu("n3", 1));
        assertThat(only(attribution(8, REPEATS, true, slow(new Nic("n3", 1), 0.9)))
                        .parts())
                .containsExactly(new Nic("n3", 1));
    }

    @Test
    void aSlowLinkIsNotItsEnds() {
        Link link = new Link(new Nic("n2", 0), new Nic("n5", 0));

        assertThat(only(attribution(8, REPEATS, false, slow(link, 0.8))).parts())
                .containsExactly(link);
        assertThat(only(attribution(8, REPEATS, false, slow(new NodePair("n2", "n5"), 0.8)))
                        .parts())
                .containsExactly(new NodePair("n2", "n5"));
    }

    @Test
    void aLinkSeenOnceIsSuspectAndNotAccused() {
        Attribution attribution = attribution(8, 1, false, slow(new NodePair("n2", "n5"), 0.8));

        assertThat(attribution.culprits()).isEmpty();
        assertThat(attribution.suspects().get(0).parts()).contains(new NodePair("n2", "n5"));
        assertThat(attribution.nodesInQuestion()).contains("n2", "n5");
    }

    @Test
    void twoNodesCannotBeToldApart() {
        Attribution attribution = attribution(2, 3 * REPEATS, false, slow(new Gpu("n1", 2), 0.7));

        assertThat(only(attribution).parts())
                .containsExactlyInAnyOrder(
                        new Gpu("n0", 2),
                        new Gpu("n1", 2),
                        new Nic("n0", 2),
                        new Nic("n1", 2),
                        new Link(new Nic("n0", 2), new Nic("n1", 2)));
    }

    @Test
    void twoNodesThatAreBothSlowHaveNobodyToBeComparedWith() {
        assertThat(attribution(2, REPEATS, false, slow(new Node("n1"), 0.7)).culprits())
                .isEmpty();
    }

    @Test
    void twoFaultsAreNamedEach() {
        ToDoubleFunction<PairObservation> both = pair -> Math.min(
                slow(new Node("n1"), 0.6).applyAsDouble(pair),
                slow(new Nic("n6", 3), 0.8).applyAsDouble(pair));

        Attribution attribution = attribution(12, REPEATS, true, both);

        assertThat(attribution.culprits())
                .extracting(Culprit::parts)
                .containsExactlyInAnyOrder(List.of(new Node("n1")), List.of(new Nic("n6", 3)));
    }

    @Test
    void longLatencyIsSlow() {
        List<PairObservation> latencies = fleet(8, REPEATS, false, slow(new Node("n3"), 1.25));

        Attribution attribution = Attribution.of(names(8), latencies, Better.LOWER);

        assertThat(only(attribution).parts()).containsExactly(new Node("n3"));
        assertThat(only(attribution).percent()).isCloseTo(25, within(2.0));
        assertThat(Attribution.of(names(8), latencies, Better.HIGHER).culprits())
                .noneMatch(culprit -> culprit.parts().contains(new Node("n3")));
    }

    @Test
    void aPairThatMeetsInEverySecondRoundDoesNotDrownInItsOwnNoise() {
        SplittableRandom random = new SplittableRandom(11);
        List<PairObservation> fresh = new ArrayList<>();
        for (int round = 0; round < 16; round++) {
            for (String[] pair : round % 2 == 0
                    ? new String[][] {{"n1", "n3"}, {"n0", "n2"}}
                    : round % 4 == 1
                            ? new String[][] {{"n1", "n0"}, {"n3", "n2"}}
                            : new String[][] {{"n1", "n2"}, {"n3", "n0"}}) {
                double slow = pair[0].equals("n1") && pair[1].equals("n3") ? 0.7 : 1;
                double value = slow * Math.exp(0.03 * random.nextGaussian());
                fresh.add(new PairObservation(end(pair[0], 0, 0), end(pair[1], 0, 0), "same rail", round, value));
            }
        }

        Attribution judged = Attribution.among(Set.of("n1", "n3"), names(4), fresh, Better.HIGHER);

        assertThat(only(judged).parts()).containsExactly(new NodePair("n1", "n3"));
        assertThat(only(judged).percent()).isCloseTo(30, within(3.0));
    }

    @Test
    void theOrderOfObservationsChangesNothing() {
        List<PairObservation> shuffled = new ArrayList<>(fleet(8, REPEATS, true, slow(new Gpu("n3", 1), 0.95)));
        Attribution before = Attribution.of(names(8), shuffled, Better.HIGHER);

        Collections.shuffle(shuffled, new Random(5));

        Attribution after = Attribution.of(names(8), shuffled, Better.HIGHER);
        assertThat(after.culprits()).hasSize(1).extracting(Culprit::parts).isEqualTo(parts(before));
        assertThat(only(after).percent()).isEqualTo(only(before).percent());
    }

    @Test
    void withinANodeThereIsNoNicToBlame() {
        List<PairObservation> observations = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < REPEATS; round++) {
            for (int a = 0; a < 8; a++) {
                for (int b = a + 1; b < 8; b++) {
                    double value = (a == 5 || b == 5 ? 0.8 : 1) * (1 + 0.005 * random.nextGaussian());
                    observations.add(new PairObservation(
                            new PairEnd("n0", a, OptionalInt.empty()),
                            new PairEnd("n0", b, OptionalInt.empty()),
                            "NVLink",
                            round * 100 + a * 10 + b,
                            value));
                }
            }
        }

        assertThat(only(Attribution.of(Set.of("n0"), observations, Better.HIGHER))
                        .parts())
                .containsExactly(new Gpu("n0", 5));
    }

    @Test
    void whatWasNotMeasuredIsReported() {
        List<PairObservation> some = fleet(8, REPEATS, false, pair -> 1).stream()
                .filter(pair -> !pair.nodePair().equals(new NodePair("n0", "n1")))
                .filter(pair -> !pair.nodePair().nodes().contains("n7"))
                .toList();

        PairCoverage coverage = Attribution.of(names(8), some, Better.HIGHER).coverage();

        assertThat(coverage.neverMet()).containsExactly("n7");
        assertThat(coverage.pairs()).isEqualTo(28);
        assertThat(coverage.measured()).isEqualTo(20);
        assertThat(coverage.whole()).isFalse();
    }

    @Test
    void nothingMeasuredIsNobodyAndNotCovered() {
        Attribution attribution = Attribution.of(names(3), List.of(), Better.HIGHER);

        assertThat(attribution.culprits()).isEmpty();
        assertThat(attribution.suspects()).isEmpty();
        assertThat(attribution.coverage().neverMet()).containsExactly("n0", "n1", "n2");
    }

    @Test
    void absurdInputIsRefused() {
        PairEnd end = end("n0", 0, 0);
        for (double value : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new PairObservation(end, end("n1", 0, 0), "x", 0, value))
                    .hasMessageContaining("must be > 0 and finite, got " + value);
        }
        assertThatThrownBy(() -> new PairObservation(end, end, "x", 0, 1)).hasMessageContaining("of two GPUs");
        assertThatThrownBy(() -> end("n0", -1, 0)).hasMessageContaining("≥ 0");
        assertThatThrownBy(() -> new Link(new Node("n0"), new Nic("n1", 0))).hasMessageContaining("GPUs or NICs");
        assertThatThrownBy(() -> Attribution.of(Set.of("n0"), fleet(2, 1, false, pair -> 1), Better.HIGHER))
                .hasMessageContaining("the fleet's nodes");
    }

    private static Attribution attribution(
            int nodes, int repeats, boolean crossing, ToDoubleFunction<PairObservation> factor) {
        return Attribution.of(names(nodes), fleet(nodes, repeats, crossing, factor), Better.HIGHER);
    }

    /** Every pair on every rail, noise 0.5 %; where crossing, every second repeat with the neighbour's NIC. */
    private static List<PairObservation> fleet(
            int nodes, int repeats, boolean crossing, ToDoubleFunction<PairObservation> factor) {
        SplittableRandom random = new SplittableRandom(7);
        List<PairObservation> observations = new ArrayList<>();
        for (int repeat = 0; repeat < repeats; repeat++) {
            int shift = crossing ? repeat % 2 : 0;
            for (int a = 0; a < nodes; a++) {
                for (int b = a + 1; b < nodes; b++) {
                    for (int gpu = 0; gpu < RAILS; gpu++) {
                        int nic = (gpu + shift) % RAILS;
                        PairEnd first = end("n" + a, gpu, nic);
                        PairEnd second = end("n" + b, gpu, nic);
                        String kind = shift == 0 ? "same rail" : "crossed";
                        PairObservation healthy = new PairObservation(
                                first, second, kind, repeat, 48 * Math.exp(0.005 * random.nextGaussian()));
                        double value = healthy.value() * factor.applyAsDouble(healthy);
                        observations.add(new PairObservation(first, second, kind, repeat, value));
                    }
                }
            }
        }
        return observations;
    }

    private static ToDoubleFunction<PairObservation> slow(Part part, double factor) {
        return pair -> pair.parts().contains(part) ? factor : 1;
    }

    private static Culprit only(Attribution attribution) {
        assertThat(attribution.culprits()).hasSize(1);
        return attribution.culprits().get(0);
    }

    private static List<List<Part>> parts(Attribution attribution) {
        return attribution.culprits().stream().map(Culprit::parts).toList();
    }

    private static PairEnd end(String node, int localRank, int nic) {
        return new PairEnd(node, localRank, OptionalInt.of(nic));
    }

    private static Set<String> names(int nodes) {
        return new TreeSet<>(IntStream.range(0, nodes).mapToObj(i -> "n" + i).toList());
    }
}
