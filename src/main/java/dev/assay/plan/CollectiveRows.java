package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.workload.CollectiveScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the cluster has what a criterion of collectives is about. Its conditions say so: {@code scope}, {@code ranks} of a
 * communicator, and whether they are {@code over} one host or the network.
 */
final class CollectiveRows {
    private CollectiveRows() {}

    static boolean applies(Criterion criterion, int nodes, Cluster cluster) {
        int gpus = cluster.gpusPerNode();
        Map<String, String> conditions = criterion.conditions();
        List<CollectiveScope> scopes = Arrays.stream(CollectiveScope.values())
                .filter(scope -> scope.exists(nodes, gpus))
                .filter(scope -> is(conditions, "scope", scope.key()))
                .filter(scope -> is(conditions, "ranks", Integer.toString(scope.ranks(nodes, gpus))))
                .filter(scope -> is(conditions, "over", over(scope, cluster)))
                .toList();
        return !scopes.isEmpty() && !aloneOfItsKind(criterion, scopes, nodes, gpus);
    }

    private static boolean is(Map<String, String> conditions, String name, String value) {
        return Optional.ofNullable(conditions.get(name)).map(value::equals).orElse(true);
    }

    private static String over(CollectiveScope scope, Cluster cluster) {
        return scope == CollectiveScope.NODE || cluster.sharedHost() ? "host" : "network";
    }

    /** All ranks of a communicator have its one value; only another communicator can differ. */
    private static boolean aloneOfItsKind(
            Criterion criterion, List<CollectiveScope> scopes, int nodes, int gpusPerNode) {
        boolean compares = criterion.limit() instanceof Limit.OfMedian
                || criterion.limit() instanceof Limit.AtMostOfMedian
                || criterion.limit() instanceof Limit.Uniform;
        return compares && scopes.stream().allMatch(scope -> scope.ranks(nodes, gpusPerNode) == nodes * gpusPerNode);
    }
}
