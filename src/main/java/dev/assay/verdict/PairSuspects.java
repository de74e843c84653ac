package dev.assay.verdict;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom to look at again. What made somebody a suspect convicts nobody.
 *
 * @param nodes every node of a suspect, also those of {@code pairs}; the most suspect first
 * @param pairs suspect for the way between them
 * @param chosen the suspects that lie on these nodes
 * @param leftOut those for whom there was no room
 */
public record PairSuspects(List<String> nodes, List<Part.NodePair> pairs, List<Culprit> chosen, List<Culprit> leftOut) {
    public PairSuspects {
        nodes = List.copyOf(nodes);
        pairs = List.copyOf(pairs);
        chosen = List.copyOf(chosen);
        leftOut = List.copyOf(leftOut);
    }

    static PairSuspects none() {
        return new PairSuspects(List.of(), List.of(), List.of(), List.of());
    }

    /**
     * @param below pairs to look at for another reason; one that a suspect explains is looked at with that one
     * @param most nodes taken, those of the most suspect parts first: the others must be left as partners
     */
    static PairSuspects of(Attribution look, List<Part.NodePair> below, int most) {
        Set<String> nodes = new LinkedHashSet<>();
        Set<Part.NodePair> pairs = new LinkedHashSet<>();
        List<Culprit> chosen = new ArrayList<>();
        List<Culprit> leftOut = new ArrayList<>();
        Stream.concat(look.culprits().stream(), look.suspects().stream()).forEach(culprit -> {
            culprit.parts().forEach(part -> take(part, most, nodes, pairs));
            boolean all = culprit.parts().stream().allMatch(part -> nodes.containsAll(part.nodes()));
            (all ? chosen : leftOut).add(culprit);
        });
        below.stream().filter(pair -> !explains(look, pair)).forEach(pair -> take(pair, most, nodes, pairs));
        return new PairSuspects(List.copyOf(nodes), List.copyOf(pairs), chosen, leftOut);
    }

    private static boolean explains(Attribution look, Part.NodePair pair) {
        return Stream.concat(look.culprits().stream(), look.suspects().stream())
                .flatMap(culprit -> culprit.parts().stream())
                .anyMatch(part -> pair.nodes().containsAll(part.nodes()));
    }

    private static void take(Part part, int most, Set<String> nodes, Set<Part.NodePair> pairs) {
        Set<String> more = new LinkedHashSet<>(nodes);
        more.addAll(part.nodes());
        if (more.size() <= most) {
            nodes.addAll(part.nodes());
            if (part.nodes().size() == 2) {
                pairs.add(new Part.NodePair(part.nodes().get(0), part.nodes().get(1)));
            }
        }
    }
}
