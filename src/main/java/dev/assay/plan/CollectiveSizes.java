package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.workload.Collective;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Which collectives are measured, and how long that takes. */
final class CollectiveSizes {
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;
    private static final long GIB = 1 << 30;

    /** By fours, and to the largest that leaves memory for the rest. */
    private static final List<Long> LATENCIES =
            List.of(8L, 32L, 128L, 512L, 2 * KIB, 8 * KIB, 32 * KIB, 128 * KIB, 256 * KIB);

    private static final List<Long> BANDWIDTHS =
            List.of(MIB, 4 * MIB, 16 * MIB, 64 * MIB, 256 * MIB, GIB, 8 * GIB, 16 * GIB);

    /** Of a GPU's memory, for both buffers; the rest is NCCL's and other people's. */
    private static final double MEMORY_SHARE = 0.5;

    /** Compiled by the JVM's second compiler at about as many calls. */
    private static final int WARM_UP_OPERATIONS = 10_000;

    /** Timed one by one: two beyond the 99th percentile; on the reference device one beyond the 95th. */
    private static final int ITERATIONS = 200;

    private static final int REFERENCE_ITERATIONS = 20;

    /** What is expected of NVLink at large sizes, for predictions only. */
    private static final double NVLINK_GBPS = 300;

    /** Least time of one operation inside a host and between hosts, for predictions only. */
    private static final double HOST_LATENCY = 10e-6;

    private static final double NETWORK_LATENCY = 40e-6;

    /** Connecting, and around every case: barriers, fills, checks; for predictions only. */
    private static final double SECONDS_A_SCOPE = 3;

    private static final double SECONDS_A_CASE = 0.03;

    private CollectiveSizes() {}

    /** Empty where one GPU is alone. A quick suite has the all-reduce at its three telling sizes, and nothing else. */
    static Optional<Collective> of(Cluster cluster, GpuModel model, int nodes, Suite suite) {
        List<CollectiveScope> scopes = Stream.of(CollectiveScope.values())
                .filter(scope -> scope.exists(nodes, cluster.gpusPerNode()))
                .toList();
        if (scopes.isEmpty()) {
            return Optional.empty();
        }
        if (cluster.device() == DeviceKind.REFERENCE) {
            return Optional.of(new Collective(scopes, referenceCases(), 0, REFERENCE_ITERATIONS));
        }
        double most = MEMORY_SHARE * model.memoryMebibytes() * MIB / 2;
        List<CollectiveCase> cases = (suite == Suite.QUICK ? quickCases() : cudaCases())
                .stream().filter(each -> each.bytes() <= most).toList();
        return Optional.of(new Collective(scopes, cases, WARM_UP_OPERATIONS, ITERATIONS));
    }

    /** One scope after the other, each at the bandwidth that its communicators have together. */
    static double seconds(Cluster cluster, Collective collective, int nodes) {
        return collective.scopes().stream()
                .mapToDouble(scope -> seconds(cluster, collective, scope, nodes))
                .sum();
    }

    private static double seconds(Cluster cluster, Collective collective, CollectiveScope scope, int nodes) {
        int ranks = scope.ranks(nodes, cluster.gpusPerNode());
        boolean network = scope != CollectiveScope.NODE && !cluster.sharedHost();
        double line = cluster.nics().nodeGigabytesPerSecond();
        double busGBps = !network ? NVLINK_GBPS : scope == CollectiveScope.RAIL ? line / cluster.gpusPerNode() : line;
        double least = network ? NETWORK_LATENCY : HOST_LATENCY;
        return SECONDS_A_SCOPE
                + collective.cases().stream()
                        .mapToDouble(each -> {
                            double seconds = Math.max(
                                    least, each.bytes() * each.operation().busFactor(ranks) / (busGBps * 1e9));
                            return SECONDS_A_CASE
                                    + seconds * (operations(each) + collective.iterationsOf(1e6 * seconds));
                        })
                        .sum();
    }

    private static double operations(CollectiveCase what) {
        return 2.0 + (what.warmUp() + what.samples()) * what.batch();
    }

    /** Latency, and the sizes that the criteria of nodes of two, nodes of eight and the network judge. */
    private static List<CollectiveCase> quickCases() {
        return Stream.of(8L, GIB, 8 * GIB)
                .map(bytes -> plain(CollectiveOperation.ALL_REDUCE, bytes))
                .toList();
    }

    private static List<CollectiveCase> cudaCases() {
        List<CollectiveCase> cases = new ArrayList<>();
        for (long bytes : LATENCIES) {
            cases.add(plain(CollectiveOperation.ALL_REDUCE, bytes));
            cases.add(cuda(CollectiveOperation.ALL_REDUCE, bytes, CollectiveType.FLOAT, Reduction.SUM, false, true));
        }
        BANDWIDTHS.forEach(bytes -> cases.add(plain(CollectiveOperation.ALL_REDUCE, bytes)));
        for (long bytes : List.of(MIB, 256 * MIB)) {
            for (CollectiveType type : List.of(CollectiveType.BFLOAT16, CollectiveType.HALF, CollectiveType.INT32)) {
                cases.add(cuda(CollectiveOperation.ALL_REDUCE, bytes, type, Reduction.SUM, false, false));
            }
            cases.add(cuda(CollectiveOperation.ALL_REDUCE, bytes, CollectiveType.FLOAT, Reduction.MAX, false, false));
        }
        for (CollectiveOperation operation : CollectiveOperation.values()) {
            if (operation != CollectiveOperation.ALL_REDUCE) {
                sizes(operation).forEach(bytes -> cases.add(plain(operation, bytes)));
            }
            if (operation.inPlace()) {
                cases.add(cuda(operation, GIB, CollectiveType.FLOAT, Reduction.SUM, true, false));
            }
        }
        return cases.stream()
                .sorted(Comparator.comparing(CollectiveCase::operation))
                .toList();
    }

    /** The largest too of those that are judged at it. */
    private static LongStream sizes(CollectiveOperation operation) {
        boolean judged = operation == CollectiveOperation.ALL_GATHER || operation == CollectiveOperation.REDUCE_SCATTER;
        return judged ? LongStream.of(MIB, 64 * MIB, GIB, 8 * GIB) : LongStream.of(MIB, 64 * MIB, GIB);
    }

    private static CollectiveCase plain(CollectiveOperation operation, long bytes) {
        return cuda(operation, bytes, CollectiveType.FLOAT, Reduction.SUM, false, false);
    }

    /** Samples long enough, 0.5 ms and more, that the events around them take less than half a per cent. */
    private static CollectiveCase cuda(
            CollectiveOperation operation,
            long bytes,
            CollectiveType type,
            Reduction reduction,
            boolean inPlace,
            boolean graph) {
        int batch = (int) Math.max(1, Math.min(50, 256 * MIB / bytes));
        int samples = bytes >= 8 * GIB ? 4 : bytes >= 256 * MIB ? 8 : bytes > 256 * KIB ? 20 : 40;
        return new CollectiveCase(
                operation, bytes, type, reduction, inPlace, graph, batch, samples, Math.max(1, samples / 4));
    }

    private static List<CollectiveCase> referenceCases() {
        List<CollectiveCase> cases = new ArrayList<>();
        for (CollectiveOperation operation : CollectiveOperation.values()) {
            cases.add(reference(operation, 4 * KIB, CollectiveType.FLOAT, Reduction.SUM, false, false));
        }
        CollectiveOperation all = CollectiveOperation.ALL_REDUCE;
        cases.add(reference(all, 8, CollectiveType.FLOAT, Reduction.SUM, false, false));
        cases.add(reference(all, 4 * KIB, CollectiveType.FLOAT, Reduction.SUM, true, false));
        cases.add(reference(all, 4 * KIB, CollectiveType.FLOAT, Reduction.SUM, false, true));
        cases.add(reference(all, 4 * KIB, CollectiveType.FLOAT, Reduction.MAX, false, false));
        cases.add(reference(all, 4 * KIB, CollectiveType.BFLOAT16, Reduction.SUM, false, false));
        cases.add(reference(all, 4 * KIB, CollectiveType.HALF, Reduction.SUM, false, false));
        cases.add(reference(all, 4 * KIB, CollectiveType.INT32, Reduction.SUM, false, false));
        return cases;
    }

    private static CollectiveCase reference(
            CollectiveOperation operation,
            long bytes,
            CollectiveType type,
            Reduction reduction,
            boolean inPlace,
            boolean graph) {
        return new CollectiveCase(operation, bytes, type, reduction, inPlace, graph, 2, 2, 1);
    }
}
