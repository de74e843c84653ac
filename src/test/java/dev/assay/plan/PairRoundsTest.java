package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.plan.PairRetest.Suspects;
import dev.assay.plan.PairRounds.Pair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairRoundsTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 33, 64, 101})
    void everyPairMeetsOnceInDisjointRounds(int count) {
        List<List<Pair>> rounds = PairRounds.all(nodes(count));

        assertThat(rounds).hasSize(count % 2 == 0 ? count - 1 : count).allSatisfy(PairRoundsTest::assertDisjoint);
        assertThat(rounds).allMatch(round -> round.size() == count / 2);
        assertThat(met(rounds)).hasSize(count * (count - 1) / 2);
    }

    @Test
    void aLoneNodeMeetsNobody() {
        assertThat(PairRounds.all(nodes(1))).isEmpty();
        assertThat(PairRounds.all(List.of())).isEmpty();
        assertThat(PairRounds.some(nodes(1), 5, 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 64, 1024})
    void someRoundsMeetDifferentPairsInAnOrderOfTheSeed(int count) {
        List<List<Pair>> rounds = PairRounds.some(nodes(count), 6, 1);

        assertThat(rounds).hasSize(6).allSatisfy(PairRoundsTest::assertDisjoint);
        assertThat(met(rounds)).hasSize(6 * (count / 2));
        assertThat(rounds)
                .isEqualTo(PairRounds.some(nodes(count), 6, 1))
                .isNotEqualTo(PairRounds.some(nodes(count), 6, 2));
    }

    @Test
    void afterAFullCircleTheSamePairsMeetAgain() {
        List<List<Pair>> rounds = PairRounds.some(nodes(8), 14, 3);

        assertThat(rounds.subList(0, 7)).isEqualTo(rounds.subList(7, 14));
        assertThat(met(rounds)).hasSize(28);
    }

    @ParameterizedTest
    @ValueSource(ints = {9, 10, 64})
    void suspectsMeetAnotherGoodPartnerEachRound(int count) {
        Suspects suspects = new Suspects(List.of("n2", "n5"), List.of());

        List<List<Pair>> rounds = IntStream.range(0, 6)
                .mapToObj(round -> PairRetest.round(nodes(count), suspects, round))
                .toList();

        assertThat(rounds).allSatisfy(PairRoundsTest::assertDisjoint);
        assertThat(rounds).allMatch(round -> round.size() == count / 2);
        assertThat(partners(rounds, "n2"))
                .hasSize(6)
                .doesNotContain("n5")
                .satisfies(partners -> assertThat(new HashSet<>(partners)).hasSizeGreaterThanOrEqualTo(4));
    }

    @Test
    void aSuspectPairMeetsAndParts() {
        Suspects suspects =
                new Suspects(List.of("n0", "n1", "n2"), List.of(new Pair("n0", "n1"), new Pair("n1", "n2")));

        List<Pair> even = PairRetest.round(nodes(8), suspects, 0);
        List<Pair> odd = PairRetest.round(nodes(8), suspects, 1);

        assertThat(even).contains(new Pair("n0", "n1")).doesNotContain(new Pair("n1", "n2"));
        assertThat(partners(List.of(odd), "n0")).doesNotContain("n1", "n2").hasSize(1);
        assertThat(partners(List.of(odd), "n1")).doesNotContain("n0", "n2").hasSize(1);
        assertDisjoint(even);
        assertDisjoint(odd);
    }

    @Test
    void whereAllAreSuspectNobodyIsAKnownGoodPartner() {
        Suspects suspects = new Suspects(nodes(2), List.of(new Pair("n0", "n1")));

        assertThat(PairRetest.round(nodes(2), suspects, 0)).containsExactly(new Pair("n0", "n1"));
        assertThat(PairRetest.round(nodes(2), suspects, 1)).isEmpty();
    }

    @Test
    void absurdInputIsRefused() {
        assertThatThrownBy(() -> new Pair("a", "a")).hasMessageContaining("two nodes, got a");
        assertThatThrownBy(() -> new Suspects(List.of("a"), List.of(new Pair("a", "b"))))
                .hasMessageContaining("must hold both");
    }

    private static List<String> nodes(int count) {
        return IntStream.range(0, count).mapToObj(i -> "n" + i).toList();
    }

    private static void assertDisjoint(List<Pair> round) {
        List<String> nodes = new ArrayList<>();
        round.forEach(pair -> nodes.addAll(List.of(pair.a(), pair.b())));
        assertThat(nodes).doesNotHaveDuplicates();
    }

    private static Set<Set<String>> met(List<List<Pair>> rounds) {
        Set<Set<String>> met = new HashSet<>();
        rounds.forEach(round -> round.forEach(pair -> met.add(Set.of(pair.a(), pair.b()))));
        return met;
    }

    private static List<String> partners(List<List<Pair>> rounds, String node) {
        return rounds.stream()
                .flatMap(List::stream)
                .filter(pair -> pair.isOf(node))
                .map(pair -> pair.a().equals(node) ? pair.b() : pair.a())
                .toList();
    }
}
