package dev.assay.measurement;

import java.util.List;

/**
 * Who wrote a result file: first line of it, and the proof that it belongs to this run, plan, experiment and launch.
 *
 * @param schema of the file, {@value #OLDEST} to {@value #SCHEMA}: from 2 on training over several ranks has the check {@code sft.sent},
 *     from 3 on all training {@code sft.update}
 * @param node the cluster file's name of the node
 * @param host what the host calls itself
 * @param bootId the kernel's boot id: two nodes on one host share it
 * @param communicator the ranks of this launch that this rank's communicator holds, ascending
 */
public record Header(
        int schema,
        String run,
        String plan,
        String experiment,
        String launch,
        int rank,
        int worldSize,
        String node,
        int localRank,
        String host,
        String bootId,
        long pid,
        List<Integer> communicator) {
    public static final int SCHEMA = 3;

    /** Of recorded runs that are judged again. */
    public static final int OLDEST = 1;

    public Header {
        communicator = List.copyOf(communicator);
    }
}
