package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.trainer.ShardingFactory;
import dev.assay.trainer.ZeroFactory;

/** The states of training over the ranks of a communicator. */
final class SftSharding {
    private static final byte[] NOTHING = new byte[0];

    private SftSharding() {}

    static ShardingFactory of(RankContext context) {
        return new ZeroFactory(context.group().size(), purpose -> join(context, purpose));
    }

    /** Collective. */
    private static Communicator join(RankContext context, String purpose) {
        Group group = context.group();
        byte[] id = group.broadcast(
                "communicator of " + purpose, group.isRoot() ? context.device().newCommunicatorId() : NOTHING);
        return context.join(id, group.rank(), group.size());
    }
}
