package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.RankThreads;
import dev.assay.device.reference.ReferenceDevice;
import java.util.List;
import java.util.function.Function;

/** Ranks of ZeRO as threads of this JVM, each with a reference device. */
final class ZeroRanks {
    private ZeroRanks() {}

    /** What one rank does; {@code join} is what a {@link ZeroFactory} is given. */
    interface OnRank<T> {
        T run(int rank, Device device, Function<String, Communicator> join) throws Exception;
    }

    static <T> List<T> run(int ranks, OnRank<T> work) throws Exception {
        ReferenceDevice root = new ReferenceDevice("n0", 0);
        byte[] gradients = root.newCommunicatorId();
        byte[] weights = root.newCommunicatorId();
        try {
            return RankThreads.run(ranks, rank -> {
                ReferenceDevice device = rank == 0 ? root : new ReferenceDevice("n0", rank);
                return work.run(
                        rank,
                        device,
                        purpose -> device.join(purpose.equals("weights") ? weights : gradients, rank, ranks));
            });
        } finally {
            root.close();
        }
    }
}
