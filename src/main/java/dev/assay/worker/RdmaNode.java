package dev.assay.worker;

import dev.assay.host.RdmaNic;
import java.util.List;

/**
 * What one node has for perftest, as its first rank found it and told the others.
 *
 * @param address of this node, by which it reached rank 0; empty on rank 0's own
 * @param hub rank 0's, as this node reached it
 * @param problem why nothing can be measured with this node; empty where it can
 * @param others why further RDMA ports take no part, a line each
 * @param bandwidth path of {@code ib_write_bw}
 * @param latency path of {@code ib_write_lat}
 * @param gpuOptions those of perftest that put its buffer into GPU memory, the GPU itself not among them; none for host memory
 * @param gpuProblem why the buffer lies in host memory; empty where it does not
 */
record RdmaNode(
        String node,
        String address,
        String hub,
        String problem,
        List<RdmaNic> nics,
        List<String> others,
        String bandwidth,
        String latency,
        String version,
        List<String> gpuOptions,
        String gpuProblem) {
    RdmaNode {
        nics = List.copyOf(nics);
        others = List.copyOf(others);
        gpuOptions = List.copyOf(gpuOptions);
    }

    boolean usable() {
        return problem.isEmpty();
    }

    RdmaNode at(String known) {
        return new RdmaNode(
                node, known, hub, problem, nics, others, bandwidth, latency, version, gpuOptions, gpuProblem);
    }

    /** Which rank of the node drives its NIC, where its ranks take the NICs in turn. */
    int driver(int rail, int gpusPerNode) {
        return rail * gpusPerNode / nics.size();
    }
}
