package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.LauncherKind;
import dev.assay.measurement.LaunchRole;
import dev.assay.workload.Burn;
import dev.assay.workload.Collective;
import dev.assay.workload.Coupled;
import dev.assay.workload.HostLaunch;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.Peer;
import dev.assay.workload.Workload;

/**
 * How long the reference device takes: Java processes that compute all the time, so that a launch costs processor time, the
 * same for every rank, and takes as long as the host's cores need for the ranks that share them.
 *
 * <p>The seconds of processor time are those that the ranks of whole runs used on 23 November 2026, which differ by little
 * between 2 ranks (embedded) and 8 (slurm-box) and hardly with what else the host did: 0.8 to 1.0 s a rank for a launch of
 * most parts, 1.8 s for one of {@code launch}, with the start that is in each.
 *
 * @param cores that the ranks of one host have
 * @param oneHost whether that host has the ranks of all nodes
 */
record ReferenceTiming(int cores, boolean oneHost, int gpusPerNode) {
    /** Of a host that is not this one nothing is known. */
    private static final int ASSUMED_CORES = 2;

    /** Processor time of a rank from its process's start to its first step, and of its end. */
    private static final double START = 0.6;

    /** Beside it: scripts, and what waits for the ranks looks up 20 times a second. */
    private static final double LAUNCH = 0.1;

    /** What a part takes at least beyond that: fills, checks and first calls, s of processor time a rank. */
    private static final double PART = 0.3;

    /** The benchmarks' own JVM and JMH. */
    private static final double BENCHMARKS = 1;

    /** Communicators of a round of pairs or of a pattern, made, used and ended. */
    private static final double ROUND = 0.04;

    /** What a pair of a node's GPUs adds, which take turns. */
    private static final double PEER_PAIR = 0.02;

    /** What a collective part takes beyond {@link #PART}, for each kind of communicator. */
    private static final double SCOPE = 0.15;

    /** What was watched for its time: results checked, and waiting for all. */
    private static final double CHECKS = 0.1;

    /** Of the measured time: the steps' parts alone, a tenth each, as long unmeasured before. */
    private static final double COUPLED_ALONE = 0.2;

    /**
     * Of the measured time, for every rank more on a core: ranks that wait for nobody count their steps by one that was not
     * interrupted, and then are. On the README's slurm-box, four ranks a core, launches of 6 s measured so for 10.
     */
    private static final double BASELINE_OVERRUN = 0.2;

    ReferenceTiming {
        if (cores < 1) {
            throw new IllegalArgumentException("cores must be ≥ 1, got " + cores);
        }
    }

    static ReferenceTiming of(Cluster cluster) {
        boolean here = cluster.sharedHost() || cluster.launcher() == LauncherKind.LOCAL;
        return of(cluster, here ? Runtime.getRuntime().availableProcessors() : ASSUMED_CORES);
    }

    static ReferenceTiming of(Cluster cluster, int cores) {
        boolean here = cluster.sharedHost() || cluster.launcher() == LauncherKind.LOCAL;
        return new ReferenceTiming(cores, here, cluster.gpusPerNode());
    }

    /** Ranks for each core, where there are more than cores: so much longer everything takes. */
    double share(int nodes) {
        return Math.max(1, (double) (oneHost ? nodes : 1) * gpusPerNode / cores);
    }

    /** So many rounds in which communicators are made and used. */
    double roundSeconds(int nodes, int rounds) {
        return share(nodes) * rounds * ROUND;
    }

    /** One start of fresh processes, from the launcher's call to their end. */
    double launchSeconds(Workload workload, double warmUpSeconds, Launch launch) {
        double share = share(launch.nodes().size());
        double measured = launch.measuredSeconds();
        double seconds = LAUNCH + share * START + warmUpSeconds + measured;
        if (workload instanceof Burn) {
            return seconds + share * CHECKS;
        }
        if (workload instanceof Coupled) {
            double overrun = launch.role() == LaunchRole.BASELINE ? BASELINE_OVERRUN * (share - 1) : 0;
            return seconds + share * CHECKS + measured * (COUPLED_ALONE + overrun);
        }
        return seconds;
    }

    /** A part without the launch around it. */
    double partSeconds(Workload part, int nodes) {
        double share = share(nodes);
        if (part instanceof NodePair) {
            return roundSeconds(nodes, PairRounds.count(nodes));
        }
        if (part instanceof NodePairRetest retest) {
            return roundSeconds(nodes, retest.rounds().size());
        }
        if (part instanceof Collective collective) {
            return share * (PART + SCOPE * collective.scopes().size());
        }
        if (part instanceof HostLaunch launch) {
            return HostLaunch.BENCHMARKS * launch.benchmarkSeconds() + share * BENCHMARKS;
        }
        if (part instanceof Peer) {
            return share * (PART + PEER_PAIR * gpusPerNode * (gpusPerNode - 1) / 2.0);
        }
        return share * PART;
    }
}
