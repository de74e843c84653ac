package dev.assay.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Which node, GPU, NIC or link is to blame, from pairs that met.
 *
 * <p>Bandwidth of a pair is the least of both ends' and the link's, latency the sum; either way one faulty part makes every
 * meeting of it slower by the same share, and none else. So a part's slowness is the median over its meetings (of the
 * median within a meeting, since what disturbs one rail may disturb all). Where several parts are faulty, the one that
 * explains most is named first and its meetings are set aside, since they say little about whoever met it.
 *
 * @param culprits accused: beyond what healthy parts and stray values show in one of 10 000 fleets
 * @param suspects not accused, to be measured again against known-good partners; the most suspect first
 * @param coverage what was measured
 */
public record Attribution(List<Culprit> culprits, List<Culprit> suspects, PairCoverage coverage) {
    public Attribution {
        culprits = List.copyOf(culprits);
        suspects = List.copyOf(suspects);
    }

    /** Over every part that was observed. */
    public static Attribution of(Set<String> nodes, List<PairObservation> observations, Better better) {
        return among(nodes, nodes, observations, better);
    }

    /**
     * Over parts of {@code suspects} alone, the others being the fleet to compare with: fewer questions, so each may be
     * answered at a lower threshold. Honest only where the suspects were not chosen by these observations.
     */
    public static Attribution among(
            Set<String> suspects, Set<String> nodes, List<PairObservation> observations, Better better) {
        PairCoverage coverage = PairCoverage.of(nodes, observations);
        List<Culprit> culprits = new ArrayList<>();
        List<Culprit> others = new ArrayList<>();
        if (!observations.isEmpty()) {
            new PairBlame(new PairIndex(observations, better), better, suspects).assign(culprits, others);
        }
        return new Attribution(culprits, others, coverage);
    }

    /** A line each, the accused first; empty where nobody stands out. */
    List<String> lines() {
        return Stream.concat(
                        culprits.stream().map(culprit -> "accused: " + culprit.text()),
                        suspects.stream().map(suspect -> "suspect, not proven: " + suspect.text()))
                .toList();
    }

    /** Every node of a culprit or suspect. */
    public Set<String> nodesInQuestion() {
        Set<String> nodes = new TreeSet<>();
        Stream.concat(culprits.stream(), suspects.stream())
                .flatMap(culprit -> culprit.parts().stream())
                .forEach(part -> nodes.addAll(part.nodes()));
        return nodes;
    }
}
