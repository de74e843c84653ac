package dev.assay.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What rings and rails never load: the spine. Patterns of sends over all nodes at once, and an all-reduce under each way in
 * which NCCL may be held to connect the ranks.
 *
 * @param patterns in this order, those that the nodes can form
 * @param bytes that a rank sends and receives in one exchange; of an incast what its receiver gets and its own share; of an
 *     aggressor's all-to-all one rank's buffer
 * @param allReduceBytes of one all-reduce
 * @param samples timed operations a round
 * @param warmUp operations before them that are not kept
 * @param mostRounds pairings, and receivers of incasts, at most
 * @param mostVictims pairs measured beside aggressors, at most
 * @param rails NICs over which a node's GPUs are spread, at most as many as GPUs; of nodes that share a host as many as GPUs
 */
public record Fabric(
        List<FabricPattern> patterns,
        long bytes,
        long allReduceBytes,
        int samples,
        int warmUp,
        int mostRounds,
        int mostVictims,
        int rails)
        implements Workload {
    /** Aggressors onto one receiver need two senders beside it. */
    private static final int NODES_FOR_INCAST_LOAD = 5;

    public Fabric {
        patterns = List.copyOf(patterns);
        if (patterns.isEmpty() || new HashSet<>(patterns).size() < patterns.size()) {
            throw new IllegalArgumentException("fabric must name some patterns, each once, got " + patterns);
        }
        if (bytes < 4
                || allReduceBytes < 4
                || samples <= 0
                || warmUp <= 0
                || mostRounds <= 0
                || mostVictims <= 0
                || rails <= 0) {
            throw new IllegalArgumentException(
                    "fabric must have bytes, allReduceBytes ≥ 4, samples, warmUp, mostRounds,"
                            + " mostVictims, rails > 0, got " + bytes + ", " + allReduceBytes + ", " + samples + ", "
                            + warmUp
                            + ", " + mostRounds + ", " + mostVictims + ", " + rails);
        }
    }

    /** Two nodes that exchange, by their places in the launch: one of the lower half, one of the upper. */
    public record Meeting(int lower, int upper) {}

    /** What aggressors do: in turn, each beside the same victims. */
    public static List<String> loads(int nodes) {
        return nodes >= NODES_FOR_INCAST_LOAD ? List.of("all-to-all", "incast") : List.of("all-to-all");
    }

    public int rounds(FabricPattern pattern, int nodes) {
        return switch (pattern) {
            case BISECTION, CROSS_RAIL -> Math.min(nodes - nodes / 2, mostRounds);
            case INCAST -> Math.min(nodes, mostRounds);
            case VICTIM -> Math.min(nodes / 2, mostVictims);
            case ALL_REDUCE -> 1;
        };
    }

    /**
     * With h = ⌊n/2⌋ nodes below the cut and u = n − h above it, lower node i meets upper node (i + s) mod u; in u such rounds,
     * s = 0 … u − 1, each node below has met each above. Are these too many, s is spread evenly.
     */
    public List<Meeting> pairing(int nodes, int round) {
        int lower = nodes / 2;
        int upper = nodes - lower;
        int shift = round * upper / rounds(FabricPattern.BISECTION, nodes);
        List<Meeting> pairs = new ArrayList<>();
        for (int i = 0; i < lower; i++) {
            pairs.add(new Meeting(i, lower + (i + shift) % upper));
        }
        return pairs;
    }

    /** The NIC of a GPU: ⌊local rank · NICs / GPUs⌋, which is how they lie on an HGX board. */
    public int rail(int local, int gpus) {
        return (int) ((long) local * rails / gpus);
    }

    /**
     * By how many places GPUs meet across rails: the fewest by which the fewest stay on the rail of their like. With as many
     * NICs as GPUs one; of 8 GPUs on 2 NICs four, where one would leave six of eight on their own rail.
     */
    public int crossStep(int gpus) {
        return IntStream.range(1, gpus)
                .boxed()
                .min(Comparator.comparingLong(step -> staying(step, gpus)))
                .orElse(0);
    }

    private long staying(int step, int gpus) {
        return IntStream.range(0, gpus)
                .filter(local -> rail(local, gpus) == rail((local + step) % gpus, gpus))
                .count();
    }

    /** Who meets whom across rails, and over which NICs, in words. */
    public String crossing(int gpus) {
        int step = crossStep(gpus);
        List<String> nics = IntStream.range(0, gpus)
                .mapToObj(local -> rail(local, gpus) + " with " + rail((local + step) % gpus, gpus))
                .distinct()
                .toList();
        return "GPU r with GPU (r + " + step + ") mod " + gpus + ", NIC " + String.join(", ", nics);
    }

    /** The node onto which all others send. */
    public int receiver(int nodes, int round) {
        return round * nodes / rounds(FabricPattern.INCAST, nodes);
    }

    /** The pair that is measured beside aggressors; it spans the cut. */
    public Meeting victims(int nodes, int round) {
        int lower = nodes / 2;
        int place = round * lower / rounds(FabricPattern.VICTIM, nodes);
        return new Meeting(place, lower + place);
    }

    @Override
    public String key() {
        return "fabric";
    }

    @Override
    public String words() {
        return String.join(", ", patterns.stream().map(FabricPattern::words).toList())
                + ": exchanges of " + size(bytes) + " between nodes, all rails at once, and an all-reduce of "
                + size(allReduceBytes) + "; every element checked";
    }

    private static String size(long bytes) {
        return bytes >= 1L << 30 ? (bytes >> 30) + " GiB" : (bytes >> 10) + " KiB";
    }

    /** One to send from, one to receive into, each as large as the largest pattern needs. */
    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of(
                "of buffers", 2, patterns.contains(FabricPattern.ALL_REDUCE) ? Math.max(bytes, allReduceBytes) : bytes);
    }

    /** Of each GPU that takes part in them: one a round. */
    @Override
    public int valuesPerRank(String metric, Map<String, String> conditions, int gpusPerNode, int nodes) {
        Optional<FabricPattern> pattern = Arrays.stream(FabricPattern.values())
                .filter(each -> each.key().equals(conditions.getOrDefault("pattern", "")))
                .findFirst();
        return metric.startsWith("fabric.")
                ? pattern.map(each -> rounds(each, nodes)).orElse(1)
                : 1;
    }
}
