package dev.assay.verdict;

import java.util.ArrayList;
import java.util.List;

/**
 * One value of two GPUs that met.
 *
 * @param kind values are compared within a kind only, e.g. {@code same rail}, {@code crossed}, {@code NVLink}
 * @param round when they met; what one round measures between two nodes shares its disturbances and counts as one meeting
 * @param value &gt; 0; what could not be measured is left out, and shows as not covered
 */
public record PairObservation(PairEnd a, PairEnd b, String kind, int round, double value) {
    public PairObservation {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("a pair's value must be > 0 and finite, got " + value + " between " + a
                    + " and " + b + " in round " + round);
        }
        if (a.node().equals(b.node()) && a.localRank() == b.localRank()) {
            throw new IllegalArgumentException("a pair must be of two GPUs, got " + a + " twice in round " + round);
        }
    }

    boolean withinNode() {
        return a.node().equals(b.node());
    }

    Part.NodePair nodePair() {
        return a.node().compareTo(b.node()) <= 0
                ? new Part.NodePair(a.node(), b.node())
                : new Part.NodePair(b.node(), a.node());
    }

    Part.Link link() {
        boolean ordered = a.node().equals(b.node())
                ? a.localRank() < b.localRank()
                : a.node().compareTo(b.node()) < 0;
        return ordered ? new Part.Link(a.port(), b.port()) : new Part.Link(b.port(), a.port());
    }

    /** All that it went through; each may be to blame. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part.Node(a.node()));
        parts.add(a.gpu());
        parts.add(b.gpu());
        parts.add(link());
        if (!withinNode()) {
            parts.add(new Part.Node(b.node()));
            parts.add(nodePair());
        }
        if (a.nic().isPresent()) {
            parts.add(a.port());
        }
        if (b.nic().isPresent()) {
            parts.add(b.port());
        }
        return parts;
    }
}
