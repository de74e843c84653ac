package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.run.AttributionProof.Trial;
import dev.assay.run.SyntheticFleet.Fault;
import dev.assay.run.SyntheticFleet.Noise;
import dev.assay.run.SyntheticFleet.Setup;
import dev.assay.verdict.Better;
import dev.assay.workload.NodePair;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is to blame in made-up fleets: how often the culprit is found, and how often an innocent is accused. */
class AttributionProofTest {
    private static final int ROUNDS = 20;

    @Test
    void aSampleOfSmallFleets() throws IOException {
        List<Trial> trials = AttributionProof.run(400, AttributionProof.SMALL, 11);

        AttributionTable.write("sample", trials);
        assertThat(share(trials, trial -> isClean(trial) && trial.innocents() > 0))
                .isLessThanOrEqualTo(0.001);
        assertHolds(trials);
    }

    @Test
    @Tag("attribution-proof")
    void tenThousandFleets() throws IOException {
        List<Trial> trials = AttributionProof.run(10_000, AttributionProof.ALL, 20261123);

        AttributionTable.write("proof", trials);
        List<Trial> clean =
                trials.stream().filter(AttributionProofTest::isClean).toList();
        assertThat(clean).hasSize(5000);
        assertThat(share(clean, trial -> trial.innocents() > 0)).isLessThanOrEqualTo(0.001);
        assertHolds(trials);
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"NODE", "LINK"})
    void oneFaultAmong1024NodesIsLocatedInTwentyRounds(Fault fault) {
        assertLocated(fault);
    }

    @ParameterizedTest
    @Tag("attribution-proof")
    @EnumSource(
            value = Fault.class,
            names = {"GPU", "NIC"})
    void soAreFaultsWithinANode(Fault fault) {
        assertLocated(fault);
    }

    private static void assertLocated(Fault fault) {
        Noise noise = new Noise(0.015, 0.003, 0.01, 0.005);

        Trial trial = AttributionProof.trial(new Setup(1024, 8, Better.HIGHER, fault, 0.1, noise), 1);

        assertThat(trial.set()).isEqualTo(1);
        assertThat(trial.innocents()).isZero();
        assertThat(trial.rounds()).isLessThanOrEqualTo(ROUNDS);
    }

    private static void assertHolds(List<Trial> trials) {
        List<Trial> faulty = trials.stream().filter(trial -> !isClean(trial)).toList();
        List<Trial> found = faulty.stream().filter(Trial::found).toList();
        List<Trial> large =
                faulty.stream().filter(trial -> trial.setup().size() >= 0.1).toList();
        assertThat(share(faulty, trial -> trial.innocents() > 0)).isLessThanOrEqualTo(0.005);
        assertThat(share(large, Trial::found)).isGreaterThanOrEqualTo(0.97);
        assertThat(found.stream()
                        .mapToInt(Trial::set)
                        .sorted()
                        .skip(found.size() / 2)
                        .findFirst())
                .hasValue(1);
        assertThat(found)
                .filteredOn(trial -> trial.setup().rails() == 1 && trial.setup().fault() != Fault.LINK)
                .as("of one GPU and one NIC a node, node, GPU and NIC are one")
                .isNotEmpty()
                .allMatch(trial -> trial.set() >= 3);
        assertThat(trials)
                .filteredOn(trial -> trial.setup().nodes() > NodePair.MOST_NODES)
                .isNotEmpty()
                .allMatch(trial -> trial.rounds() <= ROUNDS);
    }

    private static boolean isClean(Trial trial) {
        return trial.setup().fault() == Fault.NONE;
    }

    private static double share(List<Trial> trials, Predicate<Trial> what) {
        return (double) trials.stream().filter(what).count() / trials.size();
    }
}
