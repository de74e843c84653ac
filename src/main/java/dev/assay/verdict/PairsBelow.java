package dev.assay.verdict;

import java.util.List;

/**
 * Pairs of nodes that miss a judged limit, the worst first; whether they stand out from the fleet's noise is another question.
 *
 * @param first in the screening, as far as {@link PairMisses} lets them be looked at again
 * @param again those of them that missed it again when they met again
 */
public record PairsBelow(List<Part.NodePair> first, List<Part.NodePair> again) {
    static final PairsBelow NONE = new PairsBelow(List.of(), List.of());

    public PairsBelow {
        first = List.copyOf(first);
        again = List.copyOf(again);
    }
}
