package dev.assay.worker;

import dev.assay.device.Communicator;
import java.util.List;
import java.util.Optional;

/**
 * Some ranks with a communicator of their own, in an order of their own.
 *
 * @param members ranks of the launch; the first is the root
 * @param rank this one's place among them
 */
record FabricTeam(List<Integer> members, int rank, Communicator communicator) {
    private static final byte[] NOTHING = new byte[0];

    FabricTeam {
        members = List.copyOf(members);
    }

    /**
     * Collective over all ranks of the launch, whose teams are disjoint.
     *
     * @param members of this rank's team; empty: it has none
     */
    static Optional<FabricTeam> join(RankContext context, String name, List<Integer> members, Owned owned) {
        int self = context.world().rank();
        boolean opens = !members.isEmpty() && members.get(0) == self;
        List<byte[]> ids = context.world()
                .all()
                .allGather(
                        "communicator ids of " + name, opens ? context.device().newCommunicatorId() : NOTHING);
        if (members.isEmpty()) {
            return Optional.empty();
        }
        int rank = members.indexOf(self);
        Communicator communicator = owned.own(context.join(ids.get(members.get(0)), rank, members.size()));
        return Optional.of(new FabricTeam(members, rank, communicator));
    }

    int size() {
        return members.size();
    }

    boolean isRoot() {
        return rank == 0;
    }

    /** How many members lie on other nodes than this one. */
    long elsewhere(int gpusPerNode) {
        int node = members.get(rank) / gpusPerNode;
        return members.stream().filter(member -> member / gpusPerNode != node).count();
    }
}
