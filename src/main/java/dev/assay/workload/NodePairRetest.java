package dev.assay.workload;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chosen pairs of nodes once more, as {@link NodePair} measures them: those that looked slow, with known-good partners. Who
 * meets whom follows from what was measured, so it stands in the spec and in no plan.
 *
 * @param crossed each GPU uses the NIC that its neighbour is bound to, which tells GPU and NIC apart
 */
public record NodePairRetest(NodePair sizes, List<Round> rounds, boolean crossed) implements Workload {
    /** Two nodes that meet. */
    public record Meeting(String a, String b) {}

    /**
     * Meetings at the same time.
     *
     * @param number counts on over all passes
     */
    public record Round(int number, List<Meeting> meetings) {
        public Round {
            meetings = List.copyOf(meetings);
            Set<String> nodes = new HashSet<>();
            for (Meeting meeting : meetings) {
                if (!nodes.add(meeting.a()) || !nodes.add(meeting.b())) {
                    throw new IllegalArgumentException(
                            "a node must meet one other at a time, got " + meetings + " in round " + number);
                }
            }
        }
    }

    public NodePairRetest {
        rounds = List.copyOf(rounds);
        long numbers = rounds.stream().map(Round::number).distinct().count();
        if (rounds.isEmpty() || numbers != rounds.size()) {
            throw new IllegalArgumentException("a retest must have ≥ 1 round, each with a number of its own, got "
                    + rounds.size() + " rounds with " + numbers + " numbers");
        }
    }

    /** The family that it belongs to. */
    @Override
    public String key() {
        return sizes.key();
    }

    @Override
    public MemoryNeed memory() {
        return sizes.memory();
    }

    @Override
    public String words() {
        return "nodes that looked slow against known-good partners, " + rounds.size() + " rounds"
                + (crossed ? ", each GPU on its neighbour's NIC" : "");
    }
}
