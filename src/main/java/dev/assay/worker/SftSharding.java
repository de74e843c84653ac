package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.trainer.ShardingFactory;
import dev.assay.trainer.ZeroFactory;
import java.util.function.Consumer;

/** The states of training over the ranks of a communicator. */
final class SftSharding {
    private static final byte[] NOTHING = new byte[0];

    private SftSharding() {}

    /** @param joined is told of every communicator */
    static ShardingFactory of(RankContext context, Consumer<Communicator> joined) {
        return new ZeroFactory(context.group().size(), purpose -> {
            Communicator communicator = join(context, purpose);
            joined.accept(communicator);
            return communicator;
        });
    }

    /** Collective. */
    private static Communicator join(RankContext context, String purpose) {
        Group group = context.group();
        byte[] id = group.broadcast(
                "communicator of " + purpose, group.isRoot() ? context.device().newCommunicatorId() : NOTHING);
        return context.join(id, group.rank(), group.size());
    }
}
