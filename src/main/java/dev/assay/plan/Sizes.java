package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.Nics;
import dev.assay.workload.Burn;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import dev.assay.workload.GemmFinder;
import dev.assay.workload.GemmSweep;
import dev.assay.workload.Hbm;
import dev.assay.workload.HostLaunch;
import dev.assay.workload.HostLink;
import dev.assay.workload.Memtest;
import dev.assay.workload.NodePair;
import dev.assay.workload.Peer;
import dev.assay.workload.Precision;
import dev.assay.workload.Rdma;
import dev.assay.workload.TrainingGemms;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The sizes of the workloads, so that the coupled step can see a broken fabric.
 *
 * <p>A step of G GEMMs takes T = G · 2·m·n·k / sustained rate; its all-reduces, alone and at the fabric's floor B, take
 * C = bytes · 2(n−1)/n / B. The bytes are chosen so that C = {@value #SHARE} T at the most ranks. On 8 nodes of 8 H200 with
 * 2 × 400 GbE: T = 128 · 2·8192³ / 659 TFLOPS = 214 ms; B = 0.875 · 2 · 50 = 87.5 GB/s; bytes = 0.40 · 214 ms · 87.5 GB/s /
 * 1.969 = 3.8 GB a step, 119 MB a bucket: between the 25 MB and the 1 GB that data-parallel frameworks send by default.
 *
 * <p>What overlaps is not free: on two H200 at their power limit, 32 GEMMs of 52.5 ms by themselves took 57.0 to 57.4 ms beside
 * 2.9 GB of all-reduce, with 8, 16 or 32 thread blocks for it alike, and 54.9 ms beside 1.5 GB. Sized for NVLink's own bandwidth,
 * a healthy pair would lose 10 % that way. So nodes that share a host are sized as if each had a NIC of the cluster file's rate.
 */
final class Sizes {
    /** Share of T that the all-reduces take alone, at the fabric's floor and the most ranks: middle of 30–50 %. */
    static final double SHARE = 0.40;

    /** The same at the fewest ranks over two nodes, where 2(n−1)/n is smaller: below, 5 % would not show at B / 3. */
    static final double LEAST_SHARE = 0.35;

    /** What a healthy fabric's ring reaches of its line rate at least: 350 of 400 GB/s; healthy are 366–386. */
    static final double OF_LINE_RATE = 0.875;

    /** Elements: bucket sizes are whole pages of bf16, so that every rank's part is aligned. */
    private static final long GRANULE = 1024;

    /** The last of so many buckets overlaps with nothing: 40 % / 32 = 1.3 % of a step at the floor. */
    private static final int BUCKETS = 32;

    /** Every bucket costs the GEMMs beside it a little whatever its size; so as few as the GPU's memory allows. */
    private static final List<Integer> GEMMS_PER_BUCKET = List.of(4, 2, 1);

    private static final Gemm CUDA_GEMM = new Gemm(8192, 8192, 8192);

    /** About 33 ms a timed batch at the sustained rate: 30 samples a second, without a pause between batches. */
    private static final Burn CUDA_BURN = new Burn(CUDA_GEMM, 20);

    /** Under 5 ms a GEMM in plain Java; three different odd-ish sides, so that a transposed index cannot hide. */
    private static final Gemm REFERENCE_GEMM = new Gemm(48, 40, 56);

    /** Three buffers of 4 GiB, 80 times the L2 cache; chases that stay in it, and that leave it. */
    private static final Hbm CUDA_HBM = new Hbm(4L << 30, 40, List.of(4L << 20, 64L << 20, 1L << 30, 4L << 30), 20_000);

    private static final List<Gemm> CUDA_SUSTAINED = List.of(CUDA_GEMM, square(8192, Precision.FP8_E4M3));

    /** A rise within a minute takes four slices to see, the first and the fourth. */
    private static final double PLATEAU_SECONDS = GemmSweep.SLICE_SECONDS * (GemmSweep.SLICES_A_MINUTE + 1);

    /** Air-cooled nodes take minutes to heat; one that has not come to rest by then is told so. */
    private static final double MOST_HEAT_SECONDS = 300;

    private static final int FINALISTS = 3;

    private static final List<Integer> SQUARES = List.of(4096, 8192, 16_384);

    private static final List<Precision> BY_SUPPORT = List.of(
            Precision.BF16,
            Precision.FP16,
            Precision.TF32,
            Precision.FP32,
            Precision.FP64,
            Precision.FP8_E4M3,
            Precision.FP8_E5M2,
            Precision.INT8);

    private static final List<Precision> SCIENTIFIC = List.of(Precision.FP32, Precision.FP64);

    private static final List<Integer> FINDER_SIDES = List.of(4096, 8192, 12_288, 16_384);

    private static final GemmSweep REFERENCE_SWEEP = new GemmSweep(
            Arrays.stream(Precision.values())
                    .map(precision -> new Gemm(48, 32, 64, precision))
                    .toList(),
            List.of(new Gemm(48, 32, 64)),
            0,
            3,
            0,
            0,
            0.05,
            2,
            new GemmFinder(Precision.BF16, List.of(16, 32), 2, 3));

    private static final Hbm REFERENCE_HBM = new Hbm(1L << 20, 5, List.of(64L << 10, 1L << 20), 1_000);
    /** Chunks far beyond the L2 cache; a step over an H200 takes about a fifth of a second. */
    private static final long CUDA_CHUNK = 4L << 30;

    private static final long REFERENCE_MEMTEST = 512 << 10;

    /** 1 GiB takes 21 ms at the rate of one 400G NIC; all-reduces of 8 B are timed by 20, so that an event is shared. */
    private static final NodePair CUDA_NODE_PAIR = new NodePair(1L << 30, 10, 20, 20);

    private static final NodePair REFERENCE_NODE_PAIR = new NodePair(16L << 10, 3, 3, 2);

    /** As nvbandwidth's buffers, half as large: a copy takes 5 ms in 256 MiB, a thousand times what starting it takes. */
    private static final HostLink CUDA_HOST_LINK = new HostLink(256L << 20, 2, 10);

    private static final HostLink REFERENCE_HOST_LINK = new HostLink(256L << 10, 2, 3);

    /** 256³ takes a GPU microseconds. 512 MiB from and as much to are several times the caches that a rank has a share of. */
    private static final HostLaunch CUDA_LAUNCH = new HostLaunch(new Gemm(256, 256, 256), 512L << 20, 3, 5, 0.2, 128);

    private static final HostLaunch REFERENCE_LAUNCH = new HostLaunch(new Gemm(16, 16, 16), 1L << 20, 1, 2, 0.01, 16);

    /** A sample of four copies takes 2.7 ms at 390 GB/s; the chase lies in 2 MiB, in the other's L2 cache. */
    private static final Peer CUDA_PEER = new Peer(256L << 20, 4, 6, 2L << 20, 10_000);

    private static final Peer REFERENCE_PEER = new Peer(64L << 10, 2, 3, 64L << 10, 500);

    /** RDMA writes of 1 MiB, which one queue pair alone should fill a line with; each way takes a second at the line rate. */
    private static final long RDMA_BYTES = 1L << 20;

    private static final int RDMA_QUEUE_PAIRS = 4;

    private static final int RDMA_ROUND_TRIPS = 5_000;

    private static final Burn REFERENCE_BURN = new Burn(REFERENCE_GEMM, 4);
    private static final Coupled REFERENCE_COUPLED = new Coupled(REFERENCE_GEMM, 3, 2, 4096);

    private Sizes() {}

    /**
     * Squares in every precision, and training's shapes in those that train or serve models; a full suite has them in fp32 and
     * fp64 too, where they take seven minutes by arithmetic. What a site's cuBLAS is likeliest to lack comes last.
     */
    private static List<Gemm> cudaBursts(boolean full) {
        Set<Gemm> gemms = new LinkedHashSet<>();
        for (Precision precision : BY_SUPPORT) {
            SQUARES.forEach(side -> gemms.add(square(side, precision)));
            if (full || !SCIENTIFIC.contains(precision)) {
                Arrays.stream(TrainingGemms.values()).forEach(model -> gemms.addAll(model.shapes(precision)));
            }
        }
        return List.copyOf(gemms);
    }

    private static Gemm square(int side, Precision precision) {
        return new Gemm(side, side, side, precision);
    }

    /** A quick sweep has one shape a precision and is cold; the others come to the plateau of their temperature. */
    static GemmSweep sweep(Cluster cluster, GpuModel model, Suite suite) {
        if (cluster.device() == DeviceKind.REFERENCE) {
            return REFERENCE_SWEEP;
        }
        return switch (suite) {
            case QUICK -> cudaSweep(model, squares(), 3, 3, 10, List.of(4096, 8192));
            case STANDARD, SFT ->
                cudaSweep(model, cudaBursts(false), PLATEAU_SECONDS, MOST_HEAT_SECONDS, 30, FINDER_SIDES);
            case FULL -> cudaSweep(model, cudaBursts(true), PLATEAU_SECONDS, MOST_HEAT_SECONDS, 600, FINDER_SIDES);
        };
    }

    /** Bursts of a few GEMMs stay below the power limit only where the GPU rested. */
    private static GemmSweep cudaSweep(
            GpuModel model, List<Gemm> bursts, double heat, double mostHeat, double seconds, List<Integer> sides) {
        GemmFinder finder = new GemmFinder(Precision.BF16, sides, FINALISTS, 20);
        return new GemmSweep(
                Precisions.of(model, bursts),
                Precisions.of(model, CUDA_SUSTAINED),
                0.2,
                10,
                heat,
                mostHeat,
                seconds,
                20,
                finder);
    }

    private static List<Gemm> squares() {
        return Arrays.stream(Precision.values())
                .map(precision -> square(8192, precision))
                .toList();
    }

    static Hbm hbm(Cluster cluster) {
        return cluster.device() == DeviceKind.CUDA ? CUDA_HBM : REFERENCE_HBM;
    }

    /** A quick test walks to every eighth place only; a full one repeats all. */
    static Memtest memtest(Cluster cluster, GpuModel model, Suite suite) {
        int walkingSteps = suite == Suite.QUICK ? 8 : 64;
        boolean full = suite == Suite.FULL;
        return switch (cluster.device()) {
            case CUDA -> new Memtest(model.memoryMebibytes() << 20, CUDA_CHUNK, walkingSteps, full ? 10 : 1);
            case REFERENCE -> new Memtest(REFERENCE_MEMTEST, REFERENCE_MEMTEST / 4, walkingSteps, full ? 2 : 1);
        };
    }

    static NodePair nodePair(Cluster cluster) {
        return cluster.device() == DeviceKind.CUDA ? CUDA_NODE_PAIR : REFERENCE_NODE_PAIR;
    }

    /** NICs are the host's, so the device makes no difference but in how long a look at them may take. */
    static Rdma rdma(Cluster cluster) {
        double seconds = cluster.device() == DeviceKind.CUDA ? 1 : 0.1;
        return new Rdma(
                cluster.nics().count(),
                cluster.nics().gigabitsPerSecond(),
                RDMA_BYTES,
                RDMA_QUEUE_PAIRS,
                seconds,
                RDMA_ROUND_TRIPS);
    }

    static HostLink hostLink(Cluster cluster) {
        return cluster.device() == DeviceKind.CUDA ? CUDA_HOST_LINK : REFERENCE_HOST_LINK;
    }

    static HostLaunch hostLaunch(Cluster cluster) {
        return cluster.device() == DeviceKind.CUDA ? CUDA_LAUNCH : REFERENCE_LAUNCH;
    }

    static Peer peer(Cluster cluster) {
        return cluster.device() == DeviceKind.CUDA ? CUDA_PEER : REFERENCE_PEER;
    }

    static Burn burn(Cluster cluster) {
        return cluster.device() == DeviceKind.CUDA ? CUDA_BURN : REFERENCE_BURN;
    }

    /** Bus bandwidth in GB/s that an all-reduce over {@code mostNodes} must at least reach on a sound fabric. */
    static double fabricFloorGBps(Cluster cluster, GpuModel model, int mostNodes) {
        if (mostNodes < 2) {
            return OF_LINE_RATE * model.nvlinkAllReduceGBps();
        }
        Nics nics = cluster.nics();
        double line = cluster.sharedHost()
                ? new Nics(Math.max(1, nics.count()), nics.gigabitsPerSecond()).nodeGigabytesPerSecond()
                : nics.nodeGigabytesPerSecond();
        return OF_LINE_RATE * line;
    }

    static Coupled coupled(Cluster cluster, GpuModel model, int fewestNodes, int mostNodes) {
        if (cluster.device() == DeviceKind.REFERENCE) {
            return REFERENCE_COUPLED;
        }
        double floor = fabricFloorGBps(cluster, model, mostNodes);
        double share = Math.max(
                SHARE / busFactor(mostNodes * cluster.gpusPerNode()),
                LEAST_SHARE / busFactor(Math.max(2, fewestNodes) * cluster.gpusPerNode()));
        List<Coupled> sizes = GEMMS_PER_BUCKET.stream()
                .map(gemms -> coupled(gemms, share * floor, model))
                .toList();
        return sizes.stream()
                .filter(coupled -> Memory.fits(coupled, model))
                .findFirst()
                .orElseThrow(() -> Memory.doesNotFit(
                        sizes.get(sizes.size() - 1),
                        model,
                        String.format(Locale.ROOT, ", from a fabric floor of %.1f GB/s", floor),
                        "check nics.count and nics.gigabitsPerSecond in the cluster file"));
    }

    /** Buckets behind so many GEMMs each, that all together cross a bus of {@code algorithmGBps} in the GEMMs' time. */
    private static Coupled coupled(int gemmsPerBucket, double algorithmGBps, GpuModel model) {
        double bucketBytes = gemmSeconds(gemmsPerBucket * CUDA_GEMM.flop(), model) * algorithmGBps * 1e9;
        long elements = Math.max(1, (long) (bucketBytes / 2) / GRANULE) * GRANULE;
        return new Coupled(CUDA_GEMM, BUCKETS, gemmsPerBucket, elements);
    }

    /** One rank alone sends nothing; its buckets are sized as for two. */
    private static double busFactor(int ranks) {
        return Coupled.busFactor(Math.max(2, ranks));
    }

    private static double gemmSeconds(double flop, GpuModel model) {
        return flop / (model.sustainedBf16Tflops() * 1e12);
    }

    /**
     * The bus bandwidth, GB/s, at which the step would lose 5 % of its efficiency by what of its all-reduces is exposed. With
     * buckets reduced behind the GEMMs, the last bucket is exposed whole while a bucket takes no longer than its GEMMs (c ≤
     * T/B: step = T + c); beyond that all buckets queue (step = T/B + B·c).
     */
    static double sensitivityGBps(Coupled coupled, GpuModel model, int ranks) {
        double seconds = gemmSeconds(coupled.flopPerStep(), model);
        double lost = seconds * (1 / 0.95 - 1);
        double gemms = seconds / coupled.buckets();
        double bucket = lost <= gemms ? lost : (seconds + lost - gemms) / coupled.buckets();
        return coupled.bytesPerStep() * Coupled.busFactor(ranks) / (bucket * coupled.buckets()) / 1e9;
    }

    /** The all-reduces alone, at this bus bandwidth, as a share of the GEMMs alone. */
    static double communicationShare(Coupled coupled, GpuModel model, int ranks, double busGBps) {
        double communication = coupled.bytesPerStep() * Coupled.busFactor(ranks) / (busGBps * 1e9);
        return communication / gemmSeconds(coupled.flopPerStep(), model);
    }
}
