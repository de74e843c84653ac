package dev.assay.worker;

import dev.assay.trainer.ShardingFactory;
import dev.assay.trainer.Unsharded;

/** Where the states of training live: on one rank, or over those of its communicator. */
interface SftSharding {
    ShardingFactory of(RankContext context);

    /** One rank alone has everything, whatever the stage. */
    static ShardingFactory byGroup(RankContext context) {
        if (context.group().size() == 1) {
            return new Unsharded();
        }
        throw new WorkerException("training on " + context.environment().words() + ": "
                + context.group().size()
                + " ranks train together, expected 1; this version of the engine has no sharding over ranks yet");
    }
}
