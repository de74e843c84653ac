package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.LauncherKind;
import dev.assay.workload.Burn;
import dev.assay.workload.Collective;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Hbm;
import dev.assay.workload.HostLink;
import dev.assay.workload.Memtest;
import dev.assay.workload.NodePair;
import dev.assay.workload.Peer;
import dev.assay.workload.Rdma;
import dev.assay.workload.Workload;
import java.util.List;

/** How long things take: predictions for the plan that is printed, and the deadline that ends a hanging phase. */
final class Timing {
    /** JVM, CUDA context, kernels from the cache, cuBLASLt choice, NCCL's communicator over many ranks. */
    private static final double START_CUDA = 6;

    /** One JVM on one core, to its first step; ranks of the reference device share two cores at worst. */
    private static final double START_REFERENCE = 1.5;

    private static final double ASSUMED_CORES = 2;

    /** sbatch to the first line of the script, on free nodes; waiting in the queue is nobody's to predict. */
    private static final double SLURM_JOB = 5;

    /** Whole-output checks, and for coupled the step's parts alone. */
    private static final double CHECKS_CUDA = 3;

    private static final double CHECKS_REFERENCE = 0.5;

    /** Bytes a second that reading and writing in turn moves at least on an H200. */
    private static final double MEMTEST_CUDA = 4.0e12;
    /** Runs of one GEMM beside its timed ones: 16 candidates of 4, cold and hot outputs. */
    private static final double GEMMS_EACH = 80;

    /** Memory, fills, heuristics, digests and checks of one GEMM, s. */
    private static final double GEMM_OVERHEAD = 0.25;

    /** Two communicators' rendezvous, connections and tear-down, all ranks at once; assumed, not measured. */
    private static final double PAIR_ROUND_CUDA = 1;

    private static final double PAIR_ROUND_REFERENCE = 0.2;

    /** perftest three times a round, beside its work: it opens its device, waits a second and closes; assumed, not measured. */
    private static final double RDMA_ROUND = 6;

    private Timing() {}

    /** A GPU reaches its power limit and its clock under it within seconds; heat comes later and is not waited for. */
    static double warmUpSeconds(Cluster cluster, Workload workload) {
        if (workload instanceof Burn || workload instanceof Coupled) {
            return cluster.device() == DeviceKind.REFERENCE ? 0.2 : workload instanceof Burn ? 4 : 2;
        }
        return workload instanceof Hbm && cluster.device() == DeviceKind.CUDA ? 0.5 : 0;
    }

    /** What a workload takes whose length follows from its own sizes, as measured on an H200 and on one Java thread. */
    static double partSeconds(Cluster cluster, Workload part, int nodes) {
        boolean cuda = cluster.device() == DeviceKind.CUDA;
        if (part instanceof Hbm) {
            return cuda ? 2 : 0.5;
        }
        if (part instanceof Memtest memtest) {
            return cuda ? memtest.movedInAll(memtest.goal(memoryBytes(cluster))) / MEMTEST_CUDA : 0.5;
        }
        if (part instanceof NodePair pair) {
            return PairRounds.count(nodes)
                    * (cuda ? PAIR_ROUND_CUDA + pairSeconds(cluster, pair) : PAIR_ROUND_REFERENCE);
        }
        if (part instanceof Rdma rdma) {
            return PairRounds.count(nodes) * (RDMA_ROUND + 2 * rdma.seconds());
        }
        if (part instanceof GemmSweep sweep) {
            return cuda ? gemmSeconds(sweep) : 1;
        }
        if (part instanceof Collective collective) {
            return CollectiveSizes.seconds(cluster, collective);
        }
        int gpus = cluster.gpusPerNode();
        if (part instanceof HostLink) {
            return cuda ? hostLinkSeconds(gpus) : 0.5;
        }
        if (part instanceof Peer) {
            int pairs = gpus * (gpus - 1) / 2;
            return cuda ? 1 + 0.5 * pairs : 0.5 + 0.1 * pairs;
        }
        throw new IllegalStateException("the length of " + part.key() + " is not its own");
    }

    /** The all-reduces of one round, with those that warm up, where all GPUs of a node share what the fabric must give. */
    private static double pairSeconds(Cluster cluster, NodePair pair) {
        double floor = Sizes.fabricFloorGBps(cluster, GpuModels.get(cluster.gpuModel()), NodePair.FEWEST_NODES);
        return (pair.samples() + 2.0) * cluster.gpusPerNode() * pair.bytes() / floor / 1e9;
    }

    private static long memoryBytes(Cluster cluster) {
        return GpuModels.get(cluster.gpuModel()).memoryMebibytes() << 20;
    }

    /**
     * A GEMM costs its preparation and checks, and about {@value #GEMMS_EACH} runs: most of them choose the algorithm. A
     * sustained one runs for its time, the finder looks at every shape and then at its finalists.
     */
    private static double gemmSeconds(GemmSweep sweep) {
        double bursts = sweep.burst().stream()
                .mapToDouble(gemm -> sweep.pauseSeconds() + GEMM_OVERHEAD + GEMMS_EACH * seconds(gemm))
                .sum();
        double sustained = sweep.sustained().stream()
                .mapToDouble(gemm ->
                        sweep.heatSeconds() + sweep.sustainedSeconds() + GEMM_OVERHEAD + GEMMS_EACH * seconds(gemm))
                .sum();
        GemmFinder finder = sweep.finder();
        double look =
                finder.shapes().stream().mapToDouble(gemm -> 4 * seconds(gemm)).sum();
        double finalists =
                finder.finalists() * (GEMM_OVERHEAD + (GEMMS_EACH + finder.repeats()) * seconds(finder.largest()) / 4);
        return Math.ceil(bursts + sustained + look + finalists);
    }

    /** At two thirds of the H200's dense peak. */
    private static double seconds(Gemm gemm) {
        return gemm.flop() / (660e12 * gemm.precision().rateOverBf16());
    }

    /** Near and far: three directions, each GPU's turn and one of all, 0.14 s each, and 0.5 s a case to fill and compare. */
    private static double hostLinkSeconds(int gpus) {
        return 2 * (3 * 0.14 * (gpus + 1) + 6 * 0.5);
    }

    static double expectedSeconds(Cluster cluster, Workload workload, List<Launch> launches) {
        double job = cluster.launcher() == LauncherKind.SLURM ? SLURM_JOB : 0;
        return job
                + launches.stream()
                        .mapToDouble(launch -> start(cluster, launch)
                                + warmUpSeconds(cluster, workload)
                                + launch.measuredSeconds()
                                + (cluster.device() == DeviceKind.CUDA ? CHECKS_CUDA : CHECKS_REFERENCE))
                        .sum();
    }

    private static double start(Cluster cluster, Launch launch) {
        int ranks = launch.nodes().size() * cluster.gpusPerNode();
        return cluster.device() == DeviceKind.CUDA
                ? START_CUDA
                : Math.max(START_REFERENCE, START_REFERENCE * ranks / ASSUMED_CORES);
    }

    /**
     * Far beyond what a phase takes on a busy machine, far below what a hung job may cost: half a minute, or two where a GPU
     * has to come up, and a share for every rank, as 64 JVMs on two cores take that to start.
     */
    static double phaseDeadlineSeconds(Cluster cluster, int ranks) {
        return cluster.device() == DeviceKind.CUDA ? 120 + 0.5 * ranks : 30 + 3.0 * ranks;
    }
}
