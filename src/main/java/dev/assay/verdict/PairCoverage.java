package dev.assay.verdict;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which pairs of nodes have a value.
 *
 * @param neverMet nodes of which nothing at all is known
 * @param pairs that there are
 * @param measured of them
 */
public record PairCoverage(List<String> neverMet, long pairs, long measured) {
    public PairCoverage {
        neverMet = List.copyOf(neverMet);
    }

    /** Of a fleet's nodes. */
    public static PairCoverage of(Set<String> nodes, List<PairObservation> observations) {
        Set<String> missing = new TreeSet<>(nodes);
        Set<Part.NodePair> met = new HashSet<>();
        for (PairObservation observation : observations) {
            missing.remove(observation.a().node());
            missing.remove(observation.b().node());
            if (!nodes.contains(observation.a().node())
                    || !nodes.contains(observation.b().node())) {
                throw new IllegalArgumentException("attributing pairs: observations must be of the fleet's nodes, got "
                        + observation.a() + " and " + observation.b() + "; check that they belong to this run");
            }
            if (!observation.withinNode()) {
                met.add(observation.nodePair());
            }
        }
        long count = nodes.size();
        return new PairCoverage(List.copyOf(missing), count * (count - 1) / 2, met.size());
    }

    /** Whether every pair has a value; without that a link may be faulty unseen. */
    public boolean whole() {
        return neverMet.isEmpty() && measured == pairs;
    }
}
