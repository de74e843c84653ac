package dev.assay.worker;

import dev.assay.plan.Spec;
import dev.assay.workload.CollectiveScope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The ranks of one communicator of a scope, as one of them sees them. Its operations are collective over the whole scope. */
final class Circle {
    private final CollectiveScope scope;
    private final Group group;
    private final List<Integer> members;
    private final int rank;

    /** @param members by rank of the group, this one's own among them, at {@code rank} */
    private Circle(CollectiveScope scope, Group group, List<Integer> members, int rank) {
        this.scope = scope;
        this.group = group;
        this.members = members;
        this.rank = rank;
    }

    /** @throws WorkerException where the scope has no two ranks in this launch */
    static Circle of(CollectiveScope scope, World world, Spec spec) {
        int perNode = spec.gpusPerNode();
        int nodes = spec.nodes().size();
        if (!scope.exists(nodes, perNode)) {
            throw new WorkerException("collectives over every " + scope.key() + ": " + nodes + " nodes of " + perNode
                    + " GPUs have none; leave the scope out of the spec");
        }
        int node = world.rank() / perNode;
        int local = world.rank() % perNode;
        return switch (scope) {
            case NODE -> whole(scope, world.group(range(node * perNode, perNode)), local);
            case CLUSTER -> whole(scope, world.all(), world.rank());
            case RAIL ->
                new Circle(
                        scope,
                        world.all(),
                        range(0, nodes).stream()
                                .map(each -> each * perNode + local)
                                .toList(),
                        node);
        };
    }

    private static Circle whole(CollectiveScope scope, Group group, int rank) {
        return new Circle(scope, group, range(0, group.size()), rank);
    }

    private static List<Integer> range(int first, int size) {
        return IntStream.range(first, first + size).boxed().toList();
    }

    int rank() {
        return rank;
    }

    int size() {
        return members.size();
    }

    boolean isRoot() {
        return rank == 0;
    }

    void barrier(String name) {
        group.barrier(scope.key() + " " + name);
    }

    /** Everyone's part, by rank of the communicator. */
    List<byte[]> allGather(String name, byte[] mine) {
        List<byte[]> all = group.allGather(scope.key() + " " + name, mine);
        return members.stream().map(all::get).toList();
    }

    /**
     * What the ranks agree on after a case.
     *
     * @param slowest sample by sample the highest of the communicator: a collective is done when its slowest rank is
     * @param elapsed the highest of all ranks of the scope
     * @param longest the longest sample of all ranks of the scope
     */
    record Agreement(List<Double> slowest, double elapsed, double longest) {}

    Agreement agree(List<Double> samples, double elapsed) {
        ByteBuffer own =
                ByteBuffer.allocate(Double.BYTES * (samples.size() + 1)).putDouble(elapsed);
        samples.forEach(own::putDouble);
        List<ByteBuffer> all = group.allGather(scope.key() + " times", own.array()).stream()
                .map(ByteBuffer::wrap)
                .toList();
        List<ByteBuffer> circle = members.stream().map(all::get).toList();
        List<Double> slowest = new ArrayList<>();
        double longest = 0;
        for (int i = 1; i <= samples.size(); i++) {
            slowest.add(highest(circle, i));
            longest = Math.max(longest, highest(all, i));
        }
        return new Agreement(slowest, highest(all, 0), longest);
    }

    private static double highest(List<ByteBuffer> numbers, int index) {
        return numbers.stream()
                .mapToDouble(each -> each.getDouble(Double.BYTES * index))
                .max()
                .orElseThrow();
    }

    /** What every measurement over this communicator was taken under; collective. */
    Map<String, String> conditions(String bootId) {
        long hosts = allGather("hosts", bootId.getBytes(StandardCharsets.UTF_8)).stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .distinct()
                .count();
        return Map.of("scope", scope.key(), "ranks", Integer.toString(size()), "over", hosts == 1 ? "host" : "network");
    }
}
