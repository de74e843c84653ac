package dev.assay.verdict;

import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Library;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether the results can be what they claim: as many GPUs, hosts and ranks as asked for, each where it belongs, on the
 * device, driver and libraries that all others used. Whatever disagrees makes the measurement INVALID.
 */
final class Protocol {
    private static final String CUDA = "cuda";
    private static final String REFERENCE = "reference";

    private Protocol() {}

    static Optional<String> problem(Evidence evidence) {
        List<LaunchResult> launches = evidence.needed();
        return launches.stream()
                .flatMap(launch -> launch(launch, evidence.question()).stream())
                .findFirst()
                .or(() -> repeated(launches))
                .or(() -> uneven(launches, "run", rank -> rank.header().run()))
                .or(() -> uneven(launches, "plan", rank -> rank.header().plan()))
                .or(() -> comparesIdentities(evidence.question()) ? Optional.empty() : unlike(launches))
                .or(() -> moved(launches, evidence.contract()))
                .or(() -> otherSteps(launches, evidence.question().training()))
                .or(() -> Fallback.problem(evidence));
    }

    /** Whoever is asked to find the GPU that is unlike the others must not refuse a fleet for having one. */
    private static boolean comparesIdentities(Question question) {
        return question.criterion().metric() == Metric.IDENTITY_DIFFERENCES;
    }

    private static Optional<String> unlike(List<LaunchResult> launches) {
        return uneven(launches, "driver", rank -> rank.device().driver()).or(() -> mixed(launches));
    }

    private static Optional<String> launch(LaunchResult launch, Question question) {
        if (launch.gpusPerNode() != question.gpusPerNode()) {
            return Optional.of("launch " + launch.id() + ": " + question.gpusPerNode()
                    + " GPUs a node were asked for, it ran on " + launch.gpusPerNode());
        }
        return IntStream.range(0, launch.ranks().size())
                .boxed()
                .flatMap(rank ->
                        place(launch, rank, question.baselineNodes()).or(() -> device(launch, rank, question)).stream())
                .findFirst()
                .or(() -> hosts(launch, question.contract()))
                .or(() -> twins(launch, question.contract()));
    }

    private static Optional<String> place(LaunchResult launch, int rank, int baselineNodes) {
        Header header = launch.ranks().get(rank).header();
        int perNode = launch.gpusPerNode();
        return Stream.of(
                        differs("launch", launch.id(), header.launch()),
                        differs("rank", rank, header.rank()),
                        differs("world size", launch.expectedRanks(), header.worldSize()),
                        differs("node", launch.nodes().get(rank / perNode), header.node()),
                        differs("local rank", rank % perNode, header.localRank()),
                        differs(
                                "communicator",
                                communicator(launch, rank, header, baselineNodes),
                                header.communicator()))
                .flatMap(Optional::stream)
                .findFirst()
                .map(what -> "launch " + launch.id() + ", rank " + rank + " on " + header.node() + ": " + what);
    }

    private static List<Integer> communicator(LaunchResult launch, int rank, Header header, int baselineNodes) {
        int size = launch.gpusPerNode() * baselineNodes;
        int first = rank / size * size;
        return switch (launch.role()) {
            case BASELINE -> IntStream.range(first, first + size).boxed().toList();
            case SCALED -> IntStream.range(0, launch.expectedRanks()).boxed().toList();
            case LOAD, SIFTING, JUDGING -> header.communicator();
        };
    }

    private static Optional<String> device(LaunchResult launch, int rank, Question question) {
        Question.Contract contract = question.contract();
        RankResult result = launch.ranks().get(rank);
        DeviceIdentity device = result.device();
        Optional<String> kind = differs("device kind", contract.reference() ? REFERENCE : CUDA, device.kind());
        Optional<String> model = contract.reference() || comparesIdentities(question)
                ? Optional.empty()
                : differs("GPU model", contract.gpuName(), device.model());
        return kind.or(() -> model).map(what -> "launch " + launch.id() + ", " + result.unit() + ": " + what);
    }

    /** A communicator of n ranks on k hosts: a boot id a node, no host twice. */
    private static Optional<String> hosts(LaunchResult launch, Question.Contract contract) {
        Map<String, Set<String>> bootIds = new TreeMap<>();
        launch.ranks()
                .forEach(rank -> bootIds.computeIfAbsent(rank.header().node(), node -> new HashSet<>())
                        .add(rank.header().bootId()));
        long hosts = bootIds.values().stream().flatMap(Set::stream).distinct().count();
        boolean split = bootIds.values().stream().anyMatch(ids -> ids.size() != 1);
        if (split || (!contract.sharedHost() && hosts != launch.nodes().size())) {
            return Optional.of("launch " + launch.id() + ": " + launch.nodes().size()
                    + " nodes must be as many hosts, found " + hosts + " boot ids; the cluster file must say sharedHost"
                    + " where nodes share a host");
        }
        return Optional.empty();
    }

    private static Optional<String> twins(LaunchResult launch, Question.Contract contract) {
        Set<String> seen = new HashSet<>();
        return launch.ranks().stream()
                .filter(rank -> !contract.reference() && !seen.add(rank.device().uuid()))
                .findFirst()
                .map(rank -> "launch " + launch.id() + ": two ranks measured the same GPU, " + rank.unit());
    }

    private static Optional<String> repeated(List<LaunchResult> launches) {
        Set<String> seen = new HashSet<>();
        return launches.stream()
                .filter(launch -> !seen.add(launch.id()))
                .findFirst()
                .map(launch -> "launch " + launch.id() + " is there twice");
    }

    private static Optional<String> uneven(
            List<LaunchResult> launches, String what, Function<RankResult, String> property) {
        List<RankResult> ranks =
                launches.stream().flatMap(launch -> launch.ranks().stream()).toList();
        String first = ranks.stream().findFirst().map(property).orElse("");
        return ranks.stream()
                .filter(rank -> !property.apply(rank).equals(first))
                .findFirst()
                .map(rank -> what + " differs: " + ranks.get(0).unit() + " has " + first + ", " + rank.unit() + " has "
                        + property.apply(rank));
    }

    /** A library may be missing where nothing needed it; of what was mapped there must be one version. */
    private static Optional<String> mixed(List<LaunchResult> launches) {
        Map<String, Library> first = new HashMap<>();
        for (LaunchResult launch : launches) {
            for (RankResult rank : launch.ranks()) {
                for (Library library : rank.device().libraries()) {
                    Library other = Objects.requireNonNullElse(first.putIfAbsent(library.name(), library), library);
                    if (!other.version().equals(library.version())) {
                        return Optional.of("versions of " + library.name() + " differ: " + rank.unit() + " has "
                                + library.version() + ", others have " + other.version());
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Ranks that all leave out the same steps agree with each other, but not with the plan. */
    private static Optional<String> otherSteps(List<LaunchResult> launches, Question.Training training) {
        return launches.stream()
                .flatMap(launch -> launch.ranks().stream())
                .filter(rank -> training.steps().isPresent()
                        && GpuReadings.samples(rank, Metric.STEP_TIME).size()
                                != training.steps().getAsInt())
                .findFirst()
                .map(rank -> rank.unit() + " measured "
                        + GpuReadings.samples(rank, Metric.STEP_TIME).size() + " steps, the plan has "
                        + training.steps().getAsInt());
    }

    /** A node's GPU must be the same one in every launch, or a baseline is not its own. */
    private static Optional<String> moved(List<LaunchResult> launches, Question.Contract contract) {
        Map<String, String> places = new HashMap<>();
        return launches.stream()
                .flatMap(launch -> launch.ranks().stream())
                .filter(rank -> !contract.reference())
                .filter(rank -> !rank.device().uuid().equals(remember(places, rank)))
                .findFirst()
                .map(rank -> "another GPU than in an earlier launch: " + rank.unit());
    }

    private static String remember(Map<String, String> places, RankResult rank) {
        String place = rank.header().node() + "/" + rank.header().localRank();
        String uuid = rank.device().uuid();
        return Objects.requireNonNullElse(places.putIfAbsent(place, uuid), uuid);
    }

    private static Optional<String> differs(String what, Object expected, Object found) {
        return expected.equals(found)
                ? Optional.empty()
                : Optional.of(what + " must be " + expected + ", found " + found);
    }
}
