package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.LauncherKind;
import dev.assay.measurement.LaunchRole;
import dev.assay.workload.Burn;
import dev.assay.workload.Collective;
import dev.assay.workload.Coupled;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Hbm;
import dev.assay.workload.HostLaunch;
import dev.assay.workload.HostLink;
import dev.assay.workload.Memtest;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.Peer;
import dev.assay.workload.Workload;

/**
 * How long the reference device takes: Java processes that compute all the time, so that a launch costs processor time, about
 * the same for every rank, and takes as long as the host's cores need for the ranks that share them.
 *
 * <p>The constants are fitted to jobs on two otherwise idle cores on 23 November 2026: the embedded default (1 rank a core),
 * and slurm-boxes of 2 × 1, 8 × 1 (4 ranks a core) and 4 × 4 (8 ranks a core), which the test of this class holds. Beyond 8
 * ranks a core nothing was measured beside an idle machine, and a rank costs somewhat more the more there are.
 *
 * @param cores that the ranks of one host have
 * @param oneHost whether that host has the ranks of all nodes
 */
record ReferenceTiming(int cores, boolean oneHost, int gpusPerNode) {
    /** Of a host that is not this one nothing is known. */
    private static final int ASSUMED_CORES = 2;

    /** A rank's JVM, its meeting the others, health before and after, the end: 0.7 to 0.95 s of a core, whatever it runs. */
    private static final double START = 0.75;

    /** Fills, checks and first calls of {@code hbm} and {@code memtest}, of a core: 0.2 to 0.3 s. */
    private static final double MEMORY = 0.28;

    /** Of {@code collective}, and for each kind of communicator: 0.3 s with one, 0.7 s with three. */
    private static final double COLLECTIVE = 0.1;

    private static final double SCOPE = 0.2;

    /** Of {@code gemm}; and what its ranks wait for each other, whatever the cores do. */
    private static final double GEMMS = 0.15;

    private static final double SWEEP = 0.2;

    /** The benchmarks' own JVM and JMH: 0.9 to 1.1 s of a core. */
    private static final double BENCHMARKS = 1.05;

    /** Of {@code host-link}: hardly more than the start. */
    private static final double LINKS = 0.02;

    /** A pair of a node's GPUs; with 6 pairs nothing was to be seen beside the start. */
    private static final double PEER_PAIR = 0.01;

    /** A round in which pairs of nodes meet, of which 1 to 16 took hardly longer. */
    private static final double PAIR_ROUND = 0.015;

    /** A round of a pattern over the fabric: 0.04 s of a core with 8 ranks, 0.08 with 16. */
    private static final double FABRIC_ROUND = 0.05;

    /** What {@code burn} checks and what its ranks wait for each other at the end. */
    private static final double BURN_CHECKS = 0.1;

    /** Of the measured time: the parts of {@code coupled} alone, a tenth each at most, half of it unmeasured. */
    private static final double COUPLED_ALONE = 0.2;

    /**
     * For every rank more on a core, of ranks that wait for nobody: they count their steps by one that was not interrupted,
     * and then are. 8 of them on two cores overran 1 s by 2.2 s, and 6 s (in the README's older run of 30 s) by 4.7 s.
     */
    private static final double OVERRUN = 0.55;

    private static final double OVERRUN_SHARE = 0.17;

    /**
     * Of training: weights, states and checks of a tiny model. Fitted, with {@link SftSizes#REFERENCE_STEP}, to two runs of the
     * embedded default's {@code sft} on 23 November 2026, whose 16 launches took 20.2 s, and 26.9 s beside other work.
     */
    private static final double TRAINING = 0.22;

    ReferenceTiming {
        if (cores < 1) {
            throw new IllegalArgumentException("cores must be ≥ 1, got " + cores);
        }
    }

    static ReferenceTiming of(Cluster cluster) {
        return of(cluster, oneHost(cluster) ? Runtime.getRuntime().availableProcessors() : ASSUMED_CORES);
    }

    static ReferenceTiming of(Cluster cluster, int cores) {
        return new ReferenceTiming(cores, oneHost(cluster), cluster.gpusPerNode());
    }

    private static boolean oneHost(Cluster cluster) {
        return cluster.sharedHost() || cluster.launcher() == LauncherKind.LOCAL;
    }

    /** Ranks for each core, where there are more than cores: so much longer everything takes. */
    double share(int nodes) {
        return Math.max(1, (double) (oneHost ? nodes : 1) * gpusPerNode / cores);
    }

    /** One start of fresh processes, from the launcher's call to their end. */
    double launchSeconds(Workload workload, double warmUpSeconds, Launch launch) {
        double share = share(launch.nodes().size());
        double measured = launch.measuredSeconds();
        double seconds = share * START + warmUpSeconds + measured;
        if (workload instanceof Burn) {
            return seconds + share * BURN_CHECKS;
        }
        if (workload instanceof Coupled) {
            boolean alone = launch.role() == LaunchRole.BASELINE && gpusPerNode == 1;
            double overrun = alone ? (share - 1) * (OVERRUN + OVERRUN_SHARE * measured) : 0;
            return seconds + COUPLED_ALONE * measured + overrun;
        }
        return seconds;
    }

    /** A part without the launch around it. */
    double partSeconds(Workload part, int nodes) {
        double share = share(nodes);
        if (part instanceof NodePair) {
            return share * PairRounds.count(nodes) * PAIR_ROUND;
        }
        if (part instanceof NodePairRetest retest) {
            return share * retest.rounds().size() * PAIR_ROUND;
        }
        if (part instanceof Collective collective) {
            return share * (COLLECTIVE + SCOPE * collective.scopes().size());
        }
        if (part instanceof HostLaunch launch) {
            return HostLaunch.BENCHMARKS * launch.benchmarkSeconds() + share * BENCHMARKS;
        }
        if (part instanceof HostLink) {
            return share * LINKS;
        }
        if (part instanceof Peer) {
            return share * PEER_PAIR * gpusPerNode * (gpusPerNode - 1) / 2;
        }
        if (part instanceof GemmSweep) {
            return share * GEMMS + SWEEP;
        }
        if (part instanceof Hbm || part instanceof Memtest) {
            return share * MEMORY;
        }
        throw new IllegalStateException(
                "predicting " + part.key() + " on the reference device: no time is known for it");
    }

    /** A launch that trains, beside its steps. */
    double trainingSeconds(int nodes) {
        return share(nodes) * (START + TRAINING);
    }

    /** So many rounds of a pattern over the fabric, without the launch around them. */
    double fabricSeconds(int nodes, int rounds) {
        return share(nodes) * rounds * FABRIC_ROUND;
    }
}
