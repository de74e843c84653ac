package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.plan.PairRetest.Round;
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
    @ValueSource(ints = {5, 6, 9, 10, 64})
    void suspectsMeetAnotherGoodPartnerEachRound(int count) {
        Suspects suspects = new Suspects(List.of("n2", "n4"), List.of());

        List<List<Pair>> rounds = pairs(PairRetest.judging(nodes(count), suspects, 7, 8, true));

        assertThat(rounds).allSatisfy(PairRoundsTest::assertDisjoint);
        assertThat(rounds).allMatch(round -> round.size() == count / 2);
        assertThat(partners(rounds, "n2"))
                .hasSize(8)
                .doesNotContain("n4")
                .satisfies(partners -> assertThat(new HashSet<>(partners)).hasSize(Math.min(8, count - 2)));
    }

    @Test
    void aSuspectPairMeetsAndParts() {
        Suspects suspects =
                new Suspects(List.of("n0", "n1", "n2"), List.of(new Pair("n0", "n1"), new Pair("n1", "n2")));

        List<List<Pair>> rounds = pairs(PairRetest.judging(nodes(8), suspects, 0, 4, true));

        assertThat(List.of(rounds.get(0), rounds.get(2)))
                .allSatisfy(even -> assertThat(even)
                        .as("the more suspect of two pairs that share a node")
                        .contains(new Pair("n0", "n1"))
                        .doesNotContain(new Pair("n1", "n2")));
        for (List<Pair> odd : List.of(rounds.get(1), rounds.get(3))) {
            assertThat(partners(List.of(odd), "n0")).doesNotContain("n1", "n2").hasSize(1);
            assertThat(partners(List.of(odd), "n1")).doesNotContain("n0", "n2").hasSize(1);
        }
        assertThat(rounds).allSatisfy(PairRoundsTest::assertDisjoint);
    }

    @Test
    void roundsAreNumberedOnAndCrossedTwoByTwoWhereNicsCanBe() {
        Suspects suspects = new Suspects(List.of("n0"), List.of());

        assertThat(PairRetest.judging(nodes(4), suspects, 7, 5, true))
                .extracting(Round::number, Round::crossed)
                .containsExactly(tuple(7, false), tuple(8, false), tuple(9, true), tuple(10, true), tuple(11, false));
        assertThat(PairRetest.judging(nodes(4), suspects, 7, 5, false)).noneMatch(Round::crossed);
        assertThat(PairRetest.sifting(nodes(4), suspects, 3, 4))
                .noneMatch(Round::crossed)
                .extracting(Round::number)
                .containsExactly(3, 4, 5, 6);
    }

    @Test
    void siftingLetsEverySuspectPairMeetInTurn() {
        List<Pair> suspect =
                List.of(new Pair("n0", "n1"), new Pair("n0", "n2"), new Pair("n0", "n3"), new Pair("n1", "n2"));

        List<List<Pair>> rounds =
                pairs(PairRetest.sifting(nodes(8), new Suspects(List.of("n0", "n1", "n2", "n3"), suspect), 0, 6));

        assertThat(rounds).allSatisfy(PairRoundsTest::assertDisjoint).allMatch(round -> round.size() == 4);
        for (Pair pair : suspect) {
            assertThat(rounds.stream().filter(round -> round.contains(pair)).count())
                    .as(pair.toString())
                    .isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void whereAllAreSuspectTheyMeetEachOther() {
        Suspects suspects = new Suspects(nodes(4), List.of());

        List<List<Pair>> rounds = pairs(PairRetest.sifting(nodes(4), suspects, 0, 3));

        assertThat(rounds).allMatch(round -> round.size() == 2);
        assertThat(met(rounds)).hasSize(6);
    }

    @Test
    void absurdInputIsRefused() {
        assertThatThrownBy(() -> new Pair("a", "a")).hasMessageContaining("two nodes, got a");
        assertThatThrownBy(() -> new Suspects(List.of("a"), List.of(new Pair("a", "b"))))
                .hasMessageContaining("must hold both");
    }

    private static List<List<Pair>> pairs(List<Round> rounds) {
        return rounds.stream().map(Round::pairs).toList();
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
