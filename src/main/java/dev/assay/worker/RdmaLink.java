package dev.assay.worker;

import dev.assay.host.RdmaNic;

/**
 * A NIC that writes to its like on another node.
 *
 * @param client rank that drives the writer, perftest's client
 * @param server rank that drives the other
 */
record RdmaLink(
        RdmaNode from, RdmaNode to, int round, int rail, RdmaNic writer, RdmaNic reader, int client, int server) {
    String words() {
        return from.node() + " " + writer.name() + " to " + to.node() + " " + reader.name();
    }

    /** Whether both nodes can put perftest's buffer into GPU memory. */
    boolean reachesGpus() {
        return from.gpuProblem().isEmpty() && to.gpuProblem().isEmpty();
    }

    /** Why the buffers lie in host memory. */
    String hostReason() {
        return from.gpuProblem().isEmpty()
                ? to.node() + ": " + to.gpuProblem()
                : from.node() + ": " + from.gpuProblem();
    }
}
