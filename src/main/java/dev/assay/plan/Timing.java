package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.workload.Burn;
import dev.assay.workload.Collective;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Hbm;
import dev.assay.workload.HostLaunch;
import dev.assay.workload.HostLink;
import dev.assay.workload.Memtest;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.Peer;
import dev.assay.workload.Rdma;
import dev.assay.workload.Workload;
import java.util.List;

/** How long things take: predictions for the plan that is printed, and the deadline that ends a hanging phase. */
final class Timing {
    /**
     * JVM, CUDA context, kernels from the cache, meeting. In the recorded run on two H200 (runs/h200-x2) ranks met 1.5 s after
     * they began, in the run's first launch after 3.2 s, and srun took about a second around them.
     */
    private static final double START_CUDA = 3.5;

    /**
     * From the first line of the batch script, where the clock starts, to the first srun, and the files' way back. What comes
     * before it waits in the queue, which is nobody's to predict. Of a site's shared disk nothing is known.
     */
    private static final double SLURM_JOB = 1;

    /** The same where nodes are this host: what jobs on slurm-boxes took longer than the same without Slurm. */
    static final double SLURM_JOB_HERE = 0.2;

    /**
     * Of coupled: NCCL's communicator 0.5 s, the step's parts alone 2.2 s, checks and end 0.6 s in runs/h200-x2; a launch of ten
     * took 1.1 s longer in a run of every family on two H200s, 23 November 2026: 11.95 s each.
     */
    private static final double COUPLED_CUDA = 4.4;

    /** Of burn in runs/h200-x2: what a batch and a telemetry window overrun, checks, the end. */
    private static final double CHECKS_CUDA = 0.6;

    /** Of the memory's datasheet rate, what reading and writing in turn moves at least: 4.0 of 4.8 TB/s on an H200. */
    private static final double MEMTEST_CUDA = 4.0 / 4.8;

    /** Where no datasheet says a rate, GB/s: an H200's. */
    private static final double MEMORY_GBPS = 4800;

    /**
     * Runs of one GEMM beside its timed ones: up to 16 candidates of 4, the best five of them 16 times more, cold and hot
     * outputs. With 48, before the best were looked at again, a run of every family on two H200s took 33 s for its bursts and
     * its finder, as predicted (23 November 2026).
     */
    private static final double GEMMS_EACH = 110;

    /** To choose an algorithm under load, s: a second of heat, and two slots of 0.12 s for each of up to 16 candidates. */
    private static final double CHOICE_UNDER_LOAD = 5;

    /** How much longer than the shortest heating the first of a sweep heats: the next begins on its plateau. */
    private static final double FIRST_HEAT = 20;

    /** Memory, fills, heuristics, digests and checks of one GEMM, s. */
    private static final double GEMM_OVERHEAD = 0.1;

    /** Of the dense peak, bf16 in bursts: 765 to 816 of 989.4 TFLOPS were measured on two H200; 750. */
    private static final double BURST = 750 / 989.4;

    /** A round's communicators, rendezvous to tear-down, all ranks at once; between hosts assumed, not measured. */
    private static final double ROUND = 1;

    /**
     * The same inside one host: 0.5 s of NCCL in runs/h200-x2. {@code fabric} of two rounds took 5.7 s in all on two nodes of one H200
     * each, 23 November 2026.
     */
    private static final double ROUND_HERE = 0.5;

    /** The benchmarks' JVM, its CUDA context, and filling and comparing what was copied; assumed, not measured. */
    private static final double LAUNCH_CUDA = 4;

    /** perftest three times a round, beside its work: it opens its device, waits a second and closes; assumed, not measured. */
    private static final double RDMA_ROUND = 6;

    /**
     * The kernels of training, weights, choosing among the algorithms of its GEMMs, checks: 2.3 s of four 7B layers on one H200
     * before algorithms were chosen, which takes 3 s more by arithmetic. Of communicators over many nodes nothing is known.
     */
    private static final double TRAINING_CUDA = 6;

    private Timing() {}

    /** A GPU reaches its power limit and its clock under it within seconds; heat comes later and is not waited for. */
    static double warmUpSeconds(Cluster cluster, Workload workload) {
        if (workload instanceof Burn || workload instanceof Coupled) {
            return cluster.device() == DeviceKind.REFERENCE ? 0.2 : workload instanceof Burn ? 4 : 2;
        }
        return workload instanceof Hbm && cluster.device() == DeviceKind.CUDA ? 0.5 : 0;
    }

    /** What a workload takes whose length follows from its own sizes. */
    static double partSeconds(Cluster cluster, Workload part, int nodes) {
        if (part instanceof Rdma rdma) {
            return PairRounds.count(nodes) * (RDMA_ROUND + 2 * rdma.seconds());
        }
        return cluster.device() == DeviceKind.REFERENCE
                ? ReferenceTiming.of(cluster).partSeconds(part, nodes)
                : cudaSeconds(cluster, part, nodes);
    }

    /** As measured on an H200, where a comment says so. */
    private static double cudaSeconds(Cluster cluster, Workload part, int nodes) {
        int gpus = cluster.gpusPerNode();
        if (part instanceof Hbm) {
            return 2;
        }
        if (part instanceof Memtest memtest) {
            GpuModel model = GpuModels.get(cluster.gpuModel());
            return memtest.movedInAll(memtest.goal(model.memoryMebibytes() << 20))
                    / (MEMTEST_CUDA * model.memoryGBps().orElse(MEMORY_GBPS) * 1e9);
        }
        if (part instanceof NodePair pair) {
            return PairRounds.count(nodes) * pairRoundSeconds(cluster, pair);
        }
        if (part instanceof NodePairRetest retest) {
            return retest.rounds().size() * pairRoundSeconds(cluster, retest.sizes());
        }
        if (part instanceof GemmSweep sweep) {
            return gemmSeconds(sweep, BURST * GpuModels.get(cluster.gpuModel()).bf16DenseTflops() * 1e12);
        }
        if (part instanceof Collective collective) {
            return CollectiveSizes.seconds(cluster, collective, nodes);
        }
        if (part instanceof HostLaunch launch) {
            return HostLaunch.BENCHMARKS * launch.benchmarkSeconds() + LAUNCH_CUDA;
        }
        if (part instanceof HostLink) {
            return hostLinkSeconds(gpus);
        }
        if (part instanceof Peer) {
            return 1 + 0.5 * gpus * (gpus - 1) / 2;
        }
        throw new IllegalStateException("the length of " + part.key() + " is not its own");
    }

    static double roundSeconds(Cluster cluster) {
        return cluster.sharedHost() ? ROUND_HERE : ROUND;
    }

    private static double pairRoundSeconds(Cluster cluster, NodePair pair) {
        return roundSeconds(cluster) + pairSeconds(cluster, pair);
    }

    /** The all-reduces of one round, with those that warm up, of all GPUs of a node at once. */
    private static double pairSeconds(Cluster cluster, NodePair pair) {
        return (pair.samples() + 2.0)
                * CollectivePrice.of(
                                cluster, GpuModels.get(cluster.gpuModel()), CollectiveScope.RAIL, NodePair.FEWEST_NODES)
                        .seconds(CollectiveOperation.ALL_REDUCE, pair.bytes());
    }

    /**
     * A GEMM costs its preparation and checks, and about {@value #GEMMS_EACH} runs: most of them choose the algorithm. A
     * sustained one runs for its time after its shortest heating, the first after a slice more: on two H200s, in a run of every
     * family on 23 November 2026, 99 s and 79 s. The finder looks at every shape and then at its finalists.
     *
     * @param rate FLOP a second in bf16
     */
    private static double gemmSeconds(GemmSweep sweep, double rate) {
        double bursts = sweep.burst().stream()
                .mapToDouble(gemm -> sweep.pauseSeconds() + GEMM_OVERHEAD + GEMMS_EACH * seconds(gemm, rate))
                .sum();
        double sustained = sweep.sustained().stream()
                .mapToDouble(gemm -> CHOICE_UNDER_LOAD + sweep.heatSeconds() + sweep.sustainedSeconds() + GEMM_OVERHEAD)
                .sum();
        double firstHeat = sweep.toPlateau() && !sweep.sustained().isEmpty() ? FIRST_HEAT : 0;
        GemmFinder finder = sweep.finder();
        double look = finder.shapes().stream()
                .mapToDouble(gemm -> sweep.pauseSeconds() + 4 * seconds(gemm, rate))
                .sum();
        double finalists = finder.finalists()
                * (GEMM_OVERHEAD + (GEMMS_EACH + finder.repeats()) * seconds(finder.largest(), rate) / 4);
        return Math.ceil(bursts + sustained + firstHeat + look + finalists);
    }

    private static double seconds(Gemm gemm, double rate) {
        return gemm.flop() / (rate * gemm.precision().rateOverBf16());
    }

    /**
     * Near and far: three directions, each GPU's turn and one of all, 0.14 s each, and 0.5 s a case to fill and compare; then
     * what telemetry watches.
     */
    private static double hostLinkSeconds(int gpus) {
        return 2 * (3 * 0.14 * (gpus + 1) + 6 * 0.5) + HostLink.WATCHED_SECONDS;
    }

    static double expectedSeconds(Cluster cluster, Workload workload, List<Launch> launches) {
        return jobSeconds(cluster)
                + launches.stream()
                        .mapToDouble(launch -> launchSeconds(cluster, workload, launch))
                        .sum();
    }

    /**
     * Of launches that train.
     *
     * @param warmUpSeconds of each
     */
    static double trainingSeconds(Cluster cluster, double warmUpSeconds, List<Launch> launches) {
        return jobSeconds(cluster)
                + launches.stream()
                        .mapToDouble(launch -> warmUpSeconds
                                + launch.measuredSeconds()
                                + (cluster.device() == DeviceKind.REFERENCE
                                        ? ReferenceTiming.of(cluster)
                                                .trainingSeconds(launch.nodes().size())
                                        : START_CUDA + TRAINING_CUDA))
                        .sum();
    }

    private static double jobSeconds(Cluster cluster) {
        return switch (cluster.launcher()) {
            case LOCAL -> 0;
            case SLURM -> cluster.sharedHost() ? SLURM_JOB_HERE : SLURM_JOB;
        };
    }

    private static double launchSeconds(Cluster cluster, Workload workload, Launch launch) {
        double warmUp = warmUpSeconds(cluster, workload);
        return cluster.device() == DeviceKind.REFERENCE
                ? ReferenceTiming.of(cluster).launchSeconds(workload, warmUp, launch)
                : START_CUDA
                        + warmUp
                        + launch.measuredSeconds()
                        + (workload instanceof Coupled ? COUPLED_CUDA : CHECKS_CUDA);
    }

    /**
     * Far beyond what a phase takes on a busy machine, far below what a hung job may cost: half a minute, or two where a GPU
     * has to come up, and a share for every rank, as 64 JVMs on two cores take that to start.
     */
    static double phaseDeadlineSeconds(Cluster cluster, int ranks) {
        return cluster.device() == DeviceKind.CUDA ? 120 + 0.5 * ranks : 30 + 3.0 * ranks;
    }
}
