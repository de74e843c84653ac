package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.RankBinding;
import dev.assay.measurement.LaunchRole;
import dev.assay.plan.PairRetest.Round;
import dev.assay.workload.NodePair;
import dev.assay.workload.NodePairRetest;
import dev.assay.workload.NodePairRetest.Meeting;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The jobs of a second look at pairs of nodes. Which rounds they run is known only when the first look is there. */
public final class PairRetests {
    /** Of two nodes neither can be told from the other. */
    public static final int FEWEST_NODES = 3;

    /** Rounds of all suspects, and of the few that are left, in a fleet of which every pair is measured. */
    public static final int SIFTING_ROUNDS = 8;

    public static final int JUDGING_ROUNDS = 16;

    private static final String SIFTING = "-sifting";
    private static final String JUDGING = "-judging";
    private static final String CROSSED = "-crossed";

    private PairRetests() {}

    /** The experiment that a second look follows; none where there is nobody to tell apart. */
    public static Optional<Experiment> first(Plan plan) {
        return plan.experiments().stream().filter(PairRetests::isFollowed).findFirst();
    }

    /** Whether somebody could be suspect after it. */
    public static boolean isFollowed(Experiment experiment) {
        return experiment.workload() instanceof NodePair && experiment.nodes().size() >= FEWEST_NODES;
    }

    /** Their names, in the order in which they run, where they run. */
    public static List<String> ids(Experiment first) {
        return Stream.of(SIFTING, JUDGING, JUDGING + CROSSED)
                .map(end -> first.id() + end)
                .toList();
    }

    /** Everybody who looks slow, again. */
    public static List<Experiment> sifting(Plan plan, Experiment first, List<Round> rounds) {
        return experiments(plan, first, SIFTING, LaunchRole.SIFTING, rounds);
    }

    /** The few that are left; a job of its own where GPUs use their neighbours' NICs. */
    public static List<Experiment> judging(Plan plan, Experiment first, List<Round> rounds) {
        return experiments(plan, first, JUDGING, LaunchRole.JUDGING, rounds);
    }

    /**
     * Whether GPUs can be made to use their neighbours' NICs: where the cluster file binds each to one of its own, which NCCL
     * is told when a process starts.
     */
    public static boolean crosses(Cluster cluster) {
        long own = cluster.bindings().stream()
                .flatMap(binding -> binding.nic().stream())
                .distinct()
                .count();
        int gpus = cluster.gpusPerNode();
        return cluster.device() == DeviceKind.CUDA
                && !cluster.sharedHost()
                && gpus >= 2
                && own == gpus
                && cluster.nics().count() == gpus;
    }

    /** The cluster's; where a launch is crossed, each local rank with the NIC of the next. */
    public static List<RankBinding> bindings(Cluster cluster, Experiment experiment) {
        List<RankBinding> own = cluster.bindings();
        boolean crossed = experiment.workload() instanceof NodePairRetest retest && retest.crossed();
        return !crossed
                ? own
                : IntStream.range(0, own.size())
                        .mapToObj(i -> new RankBinding(
                                own.get(i).gpu(),
                                own.get(i).cpus(),
                                own.get((i + 1) % own.size()).nic()))
                        .toList();
    }

    /**
     * The sifting, for the plan that is printed; who meets whom is not known yet. Of clean fleets made up for the proof of
     * attribution 3344 of 3422 with 8 GPUs a node had somebody to sift, and 752 of 1099 with one.
     */
    static List<Experiment> likely(Plan plan) {
        return first(plan).stream()
                .flatMap(first -> sifting(plan, first, blank(SIFTING_ROUNDS, false)).stream())
                .toList();
    }

    /** The judging, for the plan that is printed: a healthy fleet's suspects are cleared before. */
    static List<Experiment> unlikely(Plan plan) {
        return first(plan).stream()
                .flatMap(first -> judging(plan, first, blank(JUDGING_ROUNDS, crosses(plan.cluster()))).stream())
                .toList();
    }

    private static List<Round> blank(int rounds, boolean crosses) {
        return IntStream.range(0, rounds)
                .mapToObj(i -> new Round(i, List.of(), crosses && i / 2 % 2 == 1))
                .toList();
    }

    private static List<Experiment> experiments(
            Plan plan, Experiment first, String end, LaunchRole role, List<Round> rounds) {
        return Stream.of(false, true)
                .map(crossed -> rounds.stream()
                        .filter(round -> round.crossed() == crossed)
                        .toList())
                .filter(these -> !these.isEmpty())
                .map(these -> experiment(
                        plan, first, first.id() + end + (these.get(0).crossed() ? CROSSED : ""), role, these))
                .toList();
    }

    private static Experiment experiment(Plan plan, Experiment first, String id, LaunchRole role, List<Round> rounds) {
        NodePairRetest workload = new NodePairRetest(
                (NodePair) first.workload(),
                rounds.stream().map(PairRetests::written).toList(),
                rounds.get(0).crossed());
        int nodes = first.nodes().size();
        double seconds = Timing.partSeconds(plan.cluster(), workload, nodes);
        List<Launch> launches = List.of(
                new Launch(id.substring(first.id().length() + 1) + "-" + nodes, role, 0, first.nodes(), seconds));
        return new Experiment(
                id,
                workload,
                launches,
                first.gpusPerNode(),
                first.warmUpSeconds(),
                Timing.expectedSeconds(plan.cluster(), workload, launches));
    }

    private static NodePairRetest.Round written(Round round) {
        return new NodePairRetest.Round(
                round.number(),
                round.pairs().stream()
                        .map(pair -> new Meeting(pair.a(), pair.b()))
                        .toList());
    }
}
