package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
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

    /** By thirty-twos: their latency is one NCCL call's, or a few's, as the all-reduce's is. */
    private static final List<Long> OTHERS_LATENCIES = List.of(8L, KIB, 32 * KIB, 256 * KIB);

    /** Where an operation takes much longer than launching it, a graph only has to be no slower. */
    private static final List<Long> GRAPHS = List.of(MIB, 64 * MIB);

    private static final List<CollectiveType> OTHER_TYPES =
            List.of(CollectiveType.BFLOAT16, CollectiveType.HALF, CollectiveType.INT32);

    /** Small, where NCCL takes its protocol for latency, and large. */
    private static final List<Long> TYPES = List.of(32 * KIB, 256 * MIB);

    private static final List<Long> ALL_REDUCE_TYPES = List.of(8L, 32 * KIB, MIB, 64 * MIB, 256 * MIB, 8 * GIB);

    private static final List<Long> MAXIMA = List.of(32 * KIB, MIB, 256 * MIB);

    private static final List<Long> IN_PLACE = List.of(32 * KIB, MIB, 64 * MIB, GIB);

    /** Of a GPU's memory, for both buffers; the rest is NCCL's and other people's. */
    private static final double MEMORY_SHARE = 0.5;

    /** Compiled by the JVM's second compiler at about as many calls. */
    private static final int WARM_UP_OPERATIONS = 10_000;

    /** Timed one by one: two beyond the 99th percentile; on the reference device one beyond the 95th. */
    private static final int ITERATIONS = 200;

    private static final int REFERENCE_ITERATIONS = 20;

    /** Connecting, and around every case: barriers, fills, checks; for predictions only. */
    private static final double SECONDS_A_SCOPE = 3;

    private static final double SECONDS_A_CASE = 0.03;

    /** Of memory that is poisoned, filled or compared, somewhat less than an H200's HBM copies; assumed, not measured. */
    private static final double PASS_BYTES_A_SECOND = 3e12;

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
        int mostRanks = scopes.stream()
                .mapToInt(scope -> scope.ranks(nodes, cluster.gpusPerNode()))
                .max()
                .orElseThrow();
        List<CollectiveCase> cases = (suite == Suite.QUICK ? quickCases() : cudaCases())
                .stream()
                        .filter(each -> each.bytes() <= most && each.fits(mostRanks))
                        .toList();
        return Optional.of(new Collective(scopes, cases, WARM_UP_OPERATIONS, ITERATIONS));
    }

    /** One scope after the other. */
    static double seconds(Cluster cluster, Collective collective, int nodes) {
        return collective.scopes().stream()
                .mapToDouble(scope -> SECONDS_A_SCOPE + seconds(cluster, collective, scope, nodes))
                .sum();
    }

    private static double seconds(Cluster cluster, Collective collective, CollectiveScope scope, int nodes) {
        int ranks = scope.ranks(nodes, cluster.gpusPerNode());
        CollectivePrice price = CollectivePrice.of(cluster, GpuModels.get(cluster.gpuModel()), scope, nodes);
        return collective.cases().stream()
                .mapToDouble(each -> {
                    double seconds = price.seconds(each.operation(), each.bytes());
                    return SECONDS_A_CASE
                            + passBytes(each, ranks) / PASS_BYTES_A_SECOND
                            + seconds * (operations(each) + collective.iterationsOf(each, 1e6 * seconds));
                })
                .sum();
    }

    /** Inputs are filled and outputs poisoned, twice; then the outputs are compared. */
    private static double passBytes(CollectiveCase what, int ranks) {
        CollectiveOperation operation = what.operation();
        return 2.0 * operation.sendElements(what.bytes(), ranks) + 3.0 * operation.receiveElements(what.bytes(), ranks);
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

    /**
     * Every operation from the smallest size to the largest, by plain launches and by graphs; each type, each reduction and
     * in place where another path through NCCL may begin. By size, so that each case tells how long the next will take.
     */
    private static List<CollectiveCase> cudaCases() {
        List<CollectiveCase> cases = new ArrayList<>();
        for (CollectiveOperation operation : CollectiveOperation.values()) {
            boolean all = operation == CollectiveOperation.ALL_REDUCE;
            (all ? LATENCIES : OTHERS_LATENCIES).forEach(bytes -> cases.addAll(bothModes(operation, bytes)));
            GRAPHS.forEach(
                    bytes -> cases.add(cuda(operation, bytes, CollectiveType.FLOAT, Reduction.SUM, false, true)));
            BANDWIDTHS.forEach(bytes -> cases.add(plain(operation, bytes)));
            for (CollectiveType type : OTHER_TYPES) {
                (all ? ALL_REDUCE_TYPES : TYPES)
                        .forEach(bytes -> cases.add(cuda(operation, bytes, type, Reduction.SUM, false, false)));
            }
            if (operation.reduces()) {
                MAXIMA.forEach(
                        bytes -> cases.add(cuda(operation, bytes, CollectiveType.FLOAT, Reduction.MAX, false, false)));
                OTHER_TYPES.forEach(type -> cases.add(cuda(operation, MIB, type, Reduction.MAX, false, false)));
            }
            if (operation.inPlace()) {
                IN_PLACE.forEach(
                        bytes -> cases.add(cuda(operation, bytes, CollectiveType.FLOAT, Reduction.SUM, true, false)));
            }
        }
        return cases.stream()
                .sorted(Comparator.comparing(CollectiveCase::operation).thenComparing(CollectiveCase::bytes))
                .toList();
    }

    private static List<CollectiveCase> bothModes(CollectiveOperation operation, long bytes) {
        return List.of(
                plain(operation, bytes), cuda(operation, bytes, CollectiveType.FLOAT, Reduction.SUM, false, true));
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
