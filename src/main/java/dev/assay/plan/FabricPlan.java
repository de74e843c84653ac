package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.Criterion;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveScope;
import dev.assay.workload.Fabric;
import dev.assay.workload.FabricPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which patterns load the fabric, in which launches, and how long that takes. */
public final class FabricPlan {
    private static final long GIB = 1L << 30;

    /** 1 GiB takes 21 ms at the rate of one 400G NIC; the fabric's floor was stated for all-reduces of 8 GB. */
    private static final Fabric CUDA = new Fabric(List.of(FabricPattern.values()), GIB, 8 * GIB, 6, 2, 8, 2, 1);

    private static final Fabric REFERENCE =
            new Fabric(List.of(FabricPattern.values()), 16 << 10, 16 << 10, 3, 1, 3, 1, 1);

    /** Aggressors are given so many times the victims' time alone. */
    private static final double AGGRESSORS_LONGER = 3;

    private FabricPlan() {}

    /** Between nodes of one host there is no NIC; there every GPU is a rail of its own. */
    static int rails(Cluster cluster) {
        int gpus = cluster.gpusPerNode();
        int nics = cluster.nics().count();
        return cluster.sharedHost() || nics == 0 ? gpus : Math.min(gpus, nics);
    }

    /** Empty where no two nodes are. */
    static Optional<Fabric> of(Cluster cluster, int nodes) {
        Fabric all = cluster.device() == DeviceKind.CUDA ? CUDA : REFERENCE;
        List<FabricPattern> patterns = all.patterns().stream()
                .filter(pattern -> pattern.exists(nodes, rails(cluster)))
                .toList();
        return patterns.isEmpty()
                ? Optional.empty()
                : Optional.of(new Fabric(
                        patterns,
                        all.bytes(),
                        all.allReduceBytes(),
                        all.samples(),
                        all.warmUp(),
                        all.mostRounds(),
                        all.mostVictims(),
                        rails(cluster)));
    }

    /** What a launch of a variant measures of it. */
    public static List<FabricPattern> patterns(Fabric fabric, LaunchVariant variant) {
        return fabric.patterns().stream()
                .filter(pattern -> switch (pattern) {
                    case BISECTION, INCAST, VICTIM -> variant == LaunchVariant.DEFAULT;
                    case CROSS_RAIL -> variant == LaunchVariant.CROSS_RAIL;
                    case ALL_REDUCE -> variant != LaunchVariant.CROSS_RAIL;
                })
                .toList();
    }

    /** One a variant that some row asks for; the default one always. */
    static List<Launch> launches(Cluster cluster, int nodes, Fabric fabric, List<Row> rows) {
        List<String> asked = rows.stream()
                .map(Row::criterion)
                .filter(criterion -> criterion.workload().equals(fabric.key()))
                .map(criterion -> criterion.conditions().getOrDefault("variant", LaunchVariant.DEFAULT.key()))
                .toList();
        return Arrays.stream(LaunchVariant.values())
                .filter(variant -> variant == LaunchVariant.DEFAULT || asked.contains(variant.key()))
                .filter(variant -> !patterns(fabric, variant).isEmpty())
                .map(variant -> new Launch(
                        (variant == LaunchVariant.DEFAULT ? "load" : variant.key()) + "-" + nodes,
                        LaunchRole.LOAD,
                        0,
                        cluster.nodes().subList(0, nodes),
                        seconds(cluster, fabric, variant, nodes),
                        variant))
                .toList();
    }

    /** Whether the nodes can form what a criterion is about; its conditions say so. */
    static boolean applies(Criterion criterion, int nodes, Cluster cluster) {
        Map<String, String> conditions = criterion.conditions();
        String over = conditions.getOrDefault("over", over(cluster));
        String load = conditions.getOrDefault("load", "alone");
        String pattern = conditions.getOrDefault("pattern", "");
        return over.equals(over(cluster))
                && (load.equals("alone") || Fabric.loads(nodes).contains(load))
                && Arrays.stream(FabricPattern.values())
                        .filter(each -> pattern.isEmpty() || each.key().equals(pattern))
                        .anyMatch(each -> each.exists(nodes, rails(cluster)))
                && variantExists(conditions, nodes, cluster);
    }

    private static boolean variantExists(Map<String, String> conditions, int nodes, Cluster cluster) {
        String variant = conditions.getOrDefault("variant", LaunchVariant.DEFAULT.key());
        return of(cluster, nodes)
                .filter(fabric -> Arrays.stream(LaunchVariant.values())
                        .filter(each -> each.key().equals(variant))
                        .anyMatch(each -> !patterns(fabric, each).isEmpty()))
                .isPresent();
    }

    private static String over(Cluster cluster) {
        return cluster.sharedHost() ? "host" : "network";
    }

    /** What of the fabric so few, or so many, nodes leave unknown; and whose variables do not apply everywhere. */
    static List<String> omits(Cluster cluster, int nodes, List<Launch> launches, Fabric fabric) {
        List<String> lines = new ArrayList<>();
        if (!cluster.sharedHost()) {
            missing(cluster, nodes).forEach(lines::add);
            int all = nodes - nodes / 2;
            int some = fabric.rounds(FabricPattern.BISECTION, nodes);
            if (some < all) {
                lines.add("Every path of the bisection: " + some + " of " + all + " pairings of its halves, and "
                        + fabric.rounds(FabricPattern.INCAST, nodes) + " of " + nodes + " receivers of incasts.");
            }
        }
        launches.forEach(launch -> lines.addAll(replaced(cluster, launch)));
        return lines;
    }

    private static Stream<String> missing(Cluster cluster, int nodes) {
        int rails = rails(cluster);
        return Stream.of(
                        FabricPattern.CROSS_RAIL.exists(nodes, rails)
                                ? ""
                                : "Traffic between rails: it takes two GPUs and two NICs a node.",
                        FabricPattern.INCAST.exists(nodes, rails)
                                ? ""
                                : "Incast, many nodes onto one: it takes three nodes.",
                        FabricPattern.VICTIM.exists(nodes, rails)
                                ? ""
                                : "How a pair of nodes fares beside others' traffic: it takes four nodes.")
                .filter(line -> !line.isEmpty());
    }

    /** Variables of the cluster file that a variant sets otherwise. */
    private static List<String> replaced(Cluster cluster, Launch launch) {
        return launch.variant().environment().entrySet().stream()
                .filter(each -> cluster.environment().containsKey(each.getKey()))
                .filter(each -> !each.getValue().equals(cluster.environment().get(each.getKey())))
                .map(each -> "The cluster file's " + each.getKey() + "="
                        + cluster.environment().get(each.getKey()) + " in the launch " + launch.id() + " of fabric: "
                        + each.getValue() + " is what that launch measures.")
                .toList();
    }

    /** What it does, with the environment of every launch that has one of its own. */
    static String words(Fabric fabric, List<Launch> launches, int gpus) {
        return fabric.words()
                + launches.stream()
                        .filter(launch -> launch.variant() != LaunchVariant.DEFAULT)
                        .map(launch -> "; " + launch.id() + " with "
                                + launch.variant().words()
                                + (launch.variant() == LaunchVariant.CROSS_RAIL ? ", " + fabric.crossing(gpus) : ""))
                        .collect(Collectors.joining());
    }

    private static double seconds(Cluster cluster, Fabric fabric, LaunchVariant variant, int nodes) {
        return patterns(fabric, variant).stream()
                .mapToDouble(pattern -> seconds(cluster, fabric, variant, pattern, nodes))
                .sum();
    }

    private static double seconds(
            Cluster cluster, Fabric fabric, LaunchVariant variant, FabricPattern pattern, int nodes) {
        int rounds = fabric.rounds(pattern, nodes);
        if (cluster.device() == DeviceKind.REFERENCE) {
            return ReferenceTiming.of(cluster).fabricSeconds(nodes, rounds);
        }
        // One to connect, one to see how many fit, one to check.
        double operations = fabric.samples() + fabric.warmUp() + 3.0;
        double round = Timing.roundSeconds(cluster);
        return rounds
                * switch (pattern) {
                    case BISECTION, CROSS_RAIL -> round + operations * exchange(cluster, fabric);
                    case INCAST -> round + operations * incast(cluster, fabric, nodes);
                    case VICTIM ->
                        Fabric.loads(nodes).stream()
                                .mapToDouble(load -> 2 * round + beside(cluster, fabric, load, nodes))
                                .sum();
                    case ALL_REDUCE -> round + operations * allReduce(cluster, fabric, variant, nodes);
                };
    }

    /** Each GPU of a node with one of another. */
    private static double exchange(Cluster cluster, Fabric fabric) {
        return price(cluster, CollectiveScope.RAIL, 2).seconds(CollectiveOperation.SEND_RECEIVE, fabric.bytes());
    }

    private static double incast(Cluster cluster, Fabric fabric, int nodes) {
        return price(cluster, CollectiveScope.RAIL, nodes).seconds(CollectiveOperation.GATHER, fabric.bytes());
    }

    private static double allReduce(Cluster cluster, Fabric fabric, LaunchVariant variant, int nodes) {
        CollectivePrice price = price(cluster, CollectiveScope.CLUSTER, nodes);
        return (variant == LaunchVariant.NIC_ONLY ? price.byNicsAlone() : price)
                .seconds(CollectiveOperation.ALL_REDUCE, fabric.allReduceBytes());
    }

    /** The pair alone, three of the aggressors' operations alone, both at once; each connects and checks besides. */
    private static double beside(Cluster cluster, Fabric fabric, String load, int nodes) {
        int others = nodes - 2;
        double pair = exchange(cluster, fabric);
        double aggressor = load.equals("incast")
                ? incast(cluster, fabric, others)
                : price(cluster, CollectiveScope.CLUSTER, others)
                        .seconds(CollectiveOperation.ALL_TO_ALL, fabric.bytes());
        double alone = pair * (fabric.samples() + fabric.warmUp());
        return (1 + AGGRESSORS_LONGER) * alone + 3 * aggressor + 2 * Math.max(pair, aggressor);
    }

    private static CollectivePrice price(Cluster cluster, CollectiveScope scope, int nodes) {
        return CollectivePrice.of(cluster, GpuModels.get(cluster.gpuModel()), scope, nodes);
    }
}
