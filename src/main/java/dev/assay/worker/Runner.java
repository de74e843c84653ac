package dev.assay.worker;

import dev.assay.workload.Burn;
import dev.assay.workload.Collective;
import dev.assay.workload.Coupled;
import dev.assay.workload.Fabric;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Hbm;
import dev.assay.workload.HostLaunch;
import dev.assay.workload.HostLink;
import dev.assay.workload.Memtest;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.Peer;
import dev.assay.workload.Rdma;
import dev.assay.workload.Sft;
import dev.assay.workload.Workload;

/** What one rank does for one workload; it leaves measurements and checks with the context's writer. */
interface Runner {
    void run() throws Exception;

    /**
     * Whether telemetry may look at the GPU from the first to the last: not where the runner opens windows of its own, and not
     * where its calls would stand in the host's times that are measured.
     */
    default boolean isWatchedThroughout() {
        return true;
    }

    /** The runner of the spec's workload. */
    static Runner of(RankContext context) {
        Workload workload = context.spec().workload();
        if (workload instanceof Hbm hbm) {
            return new HbmRunner(context, hbm);
        }
        if (workload instanceof Memtest memtest) {
            return new MemtestRunner(context, memtest);
        }
        if (workload instanceof Fabric fabric) {
            return new FabricRunner(context, fabric);
        }
        if (workload instanceof NodePair nodePair) {
            return NodePairRunner.ofAll(context, nodePair);
        }
        if (workload instanceof NodePairRetest retest) {
            return NodePairRunner.of(context, retest);
        }
        if (workload instanceof Rdma rdma) {
            return new RdmaRunner(context, rdma);
        }
        if (workload instanceof GemmSweep sweep) {
            return new GemmSweepRunner(context, sweep);
        }
        if (workload instanceof Collective collective) {
            return new CollectiveRunner(context, collective);
        }
        if (workload instanceof HostLink hostLink) {
            return new HostLinkRunner(context, hostLink);
        }
        if (workload instanceof HostLaunch launch) {
            return new LaunchRunner(context, launch);
        }
        if (workload instanceof Peer peer) {
            return new PeerRunner(context, peer);
        }
        if (workload instanceof Burn burn) {
            return new BurnRunner(context, burn);
        }
        if (workload instanceof Sft sft) {
            return new SftRunner(context, sft);
        }
        if (workload instanceof Coupled coupled) {
            return new CoupledRunner(context, coupled);
        }
        throw new IllegalStateException("no runner for workload " + workload.key());
    }
}
