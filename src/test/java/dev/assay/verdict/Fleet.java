package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Digest;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Failure;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Library;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.RankTrouble;
import dev.assay.verdict.Question.Contract;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Results of a healthy fleet, made up, and the ways to spoil them. Every method gives a new fleet. */
public final class Fleet {
    /** Time of one step of every node by itself, ms. */
    public static final double BASELINE_MILLIS = 100;

    /** FLOP of one step: 640 TFLOPS at the baseline's time. */
    public static final double STEP_FLOP = 6.4e13;

    /** As NCCL reports a rank between nodes of two NICs, all in order. */
    public static final Map<String, String> OVER_NICS = Map.of(
            "over", "network",
            "transport", "NET/IB+P2P/CUMEM",
            "nics", "mlx5_0:1/RoCE mlx5_1:1/RoCE",
            "gdr", "4 of 4 connections");

    private final int nodes;
    private final int gpusPerNode;
    private final Contract contract;
    private final UnaryOperator<RankResult> spoilRank;
    private final UnaryOperator<LaunchResult> spoilLaunch;

    private Fleet(
            int nodes,
            int gpusPerNode,
            Contract contract,
            UnaryOperator<RankResult> spoilRank,
            UnaryOperator<LaunchResult> spoilLaunch) {
        this.nodes = nodes;
        this.gpusPerNode = gpusPerNode;
        this.contract = contract;
        this.spoilRank = spoilRank;
        this.spoilLaunch = spoilLaunch;
    }

    /** H200s, one host a node. */
    public static Fleet cuda(int nodes, int gpusPerNode) {
        Contract contract =
                new Contract("NVIDIA H200", 989.4, 1830, 4096, Map.of("fp8-e4m3", 2.0), false, false, 350, 2, 50);
        return new Fleet(nodes, gpusPerNode, contract, rank -> rank, launch -> launch);
    }

    /** The reference device; all "nodes" share one host. */
    public static Fleet reference(int nodes, int gpusPerNode) {
        Contract contract = new Contract("reference", 0, 0, 0, Map.of(), true, true, 0, 0, 0.125);
        return new Fleet(nodes, gpusPerNode, contract, rank -> rank, launch -> launch);
    }

    /** Spoils every rank of every launch. */
    public Fleet ranks(UnaryOperator<RankResult> spoil) {
        return new Fleet(nodes, gpusPerNode, contract, rank -> spoil.apply(spoilRank.apply(rank)), spoilLaunch);
    }

    /** Spoils one rank of every launch. */
    public Fleet rank(int number, UnaryOperator<RankResult> spoil) {
        return ranks(rank -> rank.header().rank() == number ? spoil.apply(rank) : rank);
    }

    public Fleet launches(UnaryOperator<LaunchResult> spoil) {
        return new Fleet(nodes, gpusPerNode, contract, spoilRank, launch -> spoil.apply(spoilLaunch.apply(launch)));
    }

    /** Spoils the ranks of some launches. */
    public Fleet ranksOf(Predicate<LaunchResult> which, UnaryOperator<RankResult> spoil) {
        return launches(launch -> which.test(launch)
                ? withRanks(launch, launch.ranks().stream().map(spoil).toList())
                : launch);
    }

    /** The same measurement on every GPU, under the conditions that it was taken under. */
    public Fleet reading(Metric metric, double... samples) {
        return ranks(rank -> reading(rank, metric, samples));
    }

    private static RankResult reading(RankResult rank, Metric metric, double... samples) {
        Map<String, String> conditions =
                rank.measurement(metric).map(Measurement::conditions).orElse(Map.of());
        return replace(
                rank, Measurement.of(metric, DoubleStream.of(samples).boxed().toList(), conditions));
    }

    /** Another measurement on one GPU. */
    public Fleet reading(int rank, Metric metric, double... samples) {
        return rank(rank, each -> reading(each, metric, samples));
    }

    public Fleet missing(Metric metric) {
        return ranks(rank -> without(rank, metric));
    }

    /** Its coupled launches as those of training: checked, watched and connected as the cluster promises. */
    public Fleet trained() {
        Map<String, String> connected = Map.of(
                "over", "network",
                "transport", "NET/IB+P2P/CUMEM",
                "nics", "mlx5_0:1/RoCE mlx5_1:1/RoCE",
                "gdr", "4 of 4 connections",
                "algorithm", "RING",
                "protocol", "SIMPLE");
        return reading(Metric.THROTTLE_THERMAL, 0)
                .reading(Metric.THROTTLE_HARDWARE, 0)
                .ranks(rank -> replace(rank, Measurement.of(Metric.STEP_BYTES, List.of(7e9), connected)))
                .ranks(rank -> withChecks(
                        rank,
                        new Check("sft.finite", 8, 0, 0, "right"),
                        new Check("sft.falls", 1, 0, 0, "right"),
                        new Check("sft.start", 1, 0, 0.1, "right"),
                        new Check("allreduce.norm", 4, 0, 0, "right"),
                        new Check("sft.norm", 1, 0, 0, "right"),
                        new Check("sft.sent", 8, 0, 0, "right"),
                        new Check("sft.traffic.gradients", 9, 0, 0, "before the first step, exact"),
                        new Check("sft.traffic.weights", 9, 0, 0, "before the first step, exact"),
                        new Check("sft.traffic.gradients", 9, 0, 0, "after the measured steps, exact"),
                        new Check("sft.traffic.weights", 9, 0, 0, "after the measured steps, exact"),
                        new Check("sft.update", 8, 0, 0, "after the first step, all"),
                        new Check("sft.update", 8, 0, 0, "after the measured steps, all"),
                        new Check("sft.weights", 8, 0, 0, "right")));
    }

    public Question question(Criterion criterion) {
        return QuestionFields.question(criterion, nodes, gpusPerNode, contract);
    }

    public List<Question> questions(List<Criterion> criteria) {
        return criteria.stream().map(this::question).toList();
    }

    /** The verdict of one criterion on the burn experiment. */
    public Verdict burn(Criterion criterion) {
        return Judge.judge(List.of(question(criterion)), burn()).get(0);
    }

    /** The verdict of one criterion on the coupled experiment. */
    public Verdict coupled(Criterion criterion, double... efficiencies) {
        return Judge.judge(List.of(question(criterion)), coupled(efficiencies)).get(0);
    }

    /** One load launch on all nodes. */
    public ExperimentResult burn() {
        return new ExperimentResult("burn", List.of(launch("load-" + nodes, LaunchRole.LOAD, 0, 0)), "");
    }

    /** A baseline and a scaled launch for each efficiency (1 is 100 %). */
    public ExperimentResult coupled(double... efficiencies) {
        List<LaunchResult> launches = new ArrayList<>();
        for (int repetition = 0; repetition < efficiencies.length; repetition++) {
            double millis = BASELINE_MILLIS / efficiencies[repetition];
            launches.add(launch("baseline-r" + repetition, LaunchRole.BASELINE, repetition, BASELINE_MILLIS));
            launches.add(launch("scaled-" + nodes + "-r" + repetition, LaunchRole.SCALED, repetition, millis));
        }
        return new ExperimentResult("coupled", launches, "");
    }

    public static Criterion criterion(
            String id, String workload, Metric metric, Statistic statistic, Limit limit, String... requires) {
        return new Criterion(
                id,
                id,
                workload,
                metric,
                Map.of(),
                statistic,
                limit,
                metric.unit(),
                OptionalDouble.empty(),
                "test",
                List.of(requires),
                true,
                Optional.empty());
    }

    /** Another criterion, alike but for what is changed. */
    public static Criterion with(Criterion criterion, Consumer<CriterionFields> change) {
        CriterionFields fields = new CriterionFields(criterion);
        change.accept(fields);
        return fields.criterion();
    }

    public static Criterion shown(Criterion criterion) {
        return with(criterion, c -> c.judged = false);
    }

    public static Criterion ceiling(Criterion criterion, double ceiling) {
        return with(criterion, c -> c.ceiling = OptionalDouble.of(ceiling));
    }

    /** The criteria of burn as an acceptance of H200s asks them. */
    public static List<Criterion> burnCriteria() {
        return List.of(
                ceiling(
                        criterion(
                                "gpu-utilisation",
                                "burn",
                                Metric.SM_ACTIVE,
                                Statistic.MEAN,
                                new Limit.AtLeast(90),
                                "sustained-tflops",
                                "power-limit",
                                "load-proof",
                                "gemm-correct"),
                        100),
                criterion(
                        "sustained-tflops",
                        "burn",
                        Metric.GEMM_TFLOPS,
                        Statistic.HARMONIC_MEAN,
                        new Limit.AtLeast(630),
                        "gemm-correct"),
                criterion("power-limit", "burn", Metric.POWER_LIMIT, Statistic.MINIMUM, new Limit.Equal(700)),
                criterion("load-proof", "burn", Metric.LOAD_RATIO, Statistic.MEAN, new Limit.Within(0.84, 0.96)),
                criterion("power", "burn", Metric.POWER, Statistic.MEAN, new Limit.AtLeast(550)),
                criterion("warmth", "burn", Metric.WARMTH, Statistic.MINIMUM, new Limit.AtLeast(0)),
                criterion("throttle", "burn", Metric.THROTTLE_THERMAL, Statistic.MAXIMUM, new Limit.AtMost(0)),
                criterion("gemm-correct", "burn", Metric.WRONG_ELEMENTS, Statistic.MAXIMUM, new Limit.AtMost(0)),
                criterion("gemm-equal", "burn", Metric.DISTINCT_RESULTS, Statistic.MAXIMUM, new Limit.Equal(1)),
                criterion(
                        "tflops-spread",
                        "burn",
                        Metric.GEMM_TFLOPS,
                        Statistic.HARMONIC_MEAN,
                        new Limit.OfMedian(0.97)));
    }

    /** The criteria of coupled as an acceptance of H200s asks them. */
    public static List<Criterion> coupledCriteria() {
        return List.of(
                criterion(
                        "scale-efficiency",
                        "coupled",
                        Metric.SCALE_EFFICIENCY,
                        Statistic.MEAN,
                        new Limit.AtLeast(95),
                        "sensitivity",
                        "coupled-correct"),
                criterion(
                        "coupled-tflops",
                        "coupled",
                        Metric.STEP_TFLOPS,
                        Statistic.HARMONIC_MEAN,
                        new Limit.AtLeast(560)),
                criterion("sensitivity", "coupled", Metric.SENSITIVITY, Statistic.MEDIAN, new Limit.AtLeast(350 / 3.0)),
                criterion("coupled-correct", "coupled", Metric.WRONG_ELEMENTS, Statistic.MAXIMUM, new Limit.AtMost(0)));
    }

    public static RankResult replace(RankResult rank, Measurement measurement) {
        List<Measurement> others = rank.measurements().stream()
                .filter(each -> each.metric() != measurement.metric())
                .toList();
        return withMeasurements(
                rank, Stream.concat(others.stream(), Stream.of(measurement)).toList());
    }

    public static RankResult without(RankResult rank, Metric metric) {
        return withMeasurements(
                rank,
                rank.measurements().stream()
                        .filter(each -> each.metric() != metric)
                        .toList());
    }

    public static RankResult withMeasurements(RankResult rank, List<Measurement> measurements) {
        return new RankResult(
                rank.header(), rank.device(), measurements, rank.checks(), rank.digests(), rank.failure());
    }

    public static RankResult withChecks(RankResult rank, Check... checks) {
        return new RankResult(
                rank.header(), rank.device(), rank.measurements(), List.of(checks), rank.digests(), rank.failure());
    }

    public static RankResult withDigests(RankResult rank, Digest... digests) {
        return new RankResult(
                rank.header(), rank.device(), rank.measurements(), rank.checks(), List.of(digests), rank.failure());
    }

    static RankResult failed(RankResult rank, Failure failure) {
        return new RankResult(
                rank.header(), rank.device(), rank.measurements(), rank.checks(), rank.digests(), Optional.of(failure));
    }

    static RankResult withHeader(RankResult rank, Consumer<HeaderFields> change) {
        HeaderFields fields = new HeaderFields(rank.header());
        change.accept(fields);
        return new RankResult(
                fields.header(), rank.device(), rank.measurements(), rank.checks(), rank.digests(), rank.failure());
    }

    static RankResult withDevice(RankResult rank, Consumer<DeviceFields> change) {
        DeviceFields fields = new DeviceFields(rank.device());
        change.accept(fields);
        return new RankResult(
                rank.header(), fields.device(), rank.measurements(), rank.checks(), rank.digests(), rank.failure());
    }

    /** The device refuses a metric, and says why. */
    public static RankResult refused(RankResult rank, Metric metric, String reason) {
        return withDevice(without(rank, metric), device -> {
            Map<String, String> facts = new HashMap<>(device.facts);
            facts.put(metric.key(), reason);
            device.facts = facts;
        });
    }

    /** Only the first ranks left a result. */
    static LaunchResult cut(LaunchResult launch, int ranks, List<RankTrouble> troubles, Optional<String> jobTrouble) {
        return again(launch, launch.ranks().subList(0, ranks), troubles, jobTrouble, launch.variant());
    }

    public static LaunchResult withRanks(LaunchResult launch, List<RankResult> ranks) {
        return again(launch, ranks, launch.troubles(), launch.jobTrouble(), launch.variant());
    }

    public static LaunchResult withVariant(LaunchResult launch, LaunchVariant variant) {
        return again(launch, launch.ranks(), launch.troubles(), launch.jobTrouble(), variant);
    }

    private static LaunchResult again(
            LaunchResult launch,
            List<RankResult> ranks,
            List<RankTrouble> troubles,
            Optional<String> jobTrouble,
            LaunchVariant variant) {
        return new LaunchResult(
                launch.id(),
                launch.role(),
                launch.repetition(),
                launch.nodes(),
                launch.gpusPerNode(),
                ranks,
                troubles,
                jobTrouble,
                variant);
    }

    private LaunchResult launch(String id, LaunchRole role, int repetition, double stepMillis) {
        List<String> names = IntStream.rangeClosed(1, nodes)
                .mapToObj(node -> String.format(Locale.ROOT, "node%03d", node))
                .toList();
        List<RankResult> ranks = IntStream.range(0, nodes * gpusPerNode)
                .mapToObj(rank -> spoilRank.apply(healthy(id, role, names, rank, stepMillis)))
                .toList();
        return spoilLaunch.apply(
                new LaunchResult(id, role, repetition, names, gpusPerNode, ranks, List.of(), Optional.empty()));
    }

    private RankResult healthy(String launch, LaunchRole role, List<String> names, int rank, double stepMillis) {
        int first = role == LaunchRole.BASELINE ? rank / gpusPerNode * gpusPerNode : 0;
        int size = role == LaunchRole.BASELINE ? gpusPerNode : nodes * gpusPerNode;
        Header header = new Header(
                Header.SCHEMA,
                "run-1",
                "plan-1",
                role == LaunchRole.LOAD ? "burn" : "coupled",
                launch,
                rank,
                nodes * gpusPerNode,
                names.get(rank / gpusPerNode),
                rank % gpusPerNode,
                names.get(rank / gpusPerNode),
                contract.sharedHost() ? "boot" : "boot-" + rank / gpusPerNode,
                1000 + rank,
                IntStream.range(first, first + size).boxed().toList());
        return role == LaunchRole.LOAD
                ? new RankResult(header, device(rank), load(), gemmChecks(), digests(), Optional.empty())
                : new RankResult(
                        header, device(rank), steps(stepMillis, connected(size)), sums(), digests(), Optional.empty());
    }

    private DeviceIdentity device(int rank) {
        return new DeviceIdentity(
                contract.reference() ? "reference" : "cuda",
                contract.gpuName(),
                "GPU-" + rank,
                "serial-" + rank,
                "580.159.04",
                150_754_820_096L,
                132,
                "9.0",
                1980,
                List.of(new Library("cublasLt", "/usr/lib/libcublasLt.so.13", "13.1", "aa")),
                Map.of());
    }

    /** As two real H200s under load read. */
    private static List<Measurement> load() {
        return List.of(
                Measurement.of(Metric.SM_ACTIVE, 96.1),
                Measurement.of(Metric.GPU_RESIDENT, 100, 100),
                Measurement.of(Metric.TENSOR_ACTIVE, 92),
                Measurement.of(Metric.SM_CLOCK, 1460, 1470, 1480),
                Measurement.of(Metric.POWER, 690, 695),
                Measurement.of(Metric.POWER_LIMIT, 700, 700),
                Measurement.of(Metric.TEMPERATURE, 40, 58, 60),
                Measurement.of(Metric.THROTTLE_THERMAL, 0),
                Measurement.of(Metric.TELEMETRY_COVERAGE, 99),
                Measurement.of(Metric.TELEMETRY_RATE, 10),
                Measurement.of(Metric.GEMM_TFLOPS, 658, 659, 660));
    }

    /** What the worker says of a communicator of so many ranks. */
    private Map<String, String> connected(int ranks) {
        if (ranks == 1 || contract.reference()) {
            return Map.of();
        }
        return ranks > gpusPerNode ? OVER_NICS : Map.of("over", "host", "transport", "P2P/CUMEM");
    }

    private static List<Measurement> steps(double millis, Map<String, String> connected) {
        return List.of(
                Measurement.of(
                        Metric.STEP_TIME,
                        DoubleStream.of(0.99, 1, 1.01)
                                .map(step -> step * millis)
                                .boxed()
                                .toList(),
                        Map.of("buckets", "8")),
                Measurement.of(Metric.COMPUTE_ALONE, 95, 95),
                Measurement.of(Metric.COMMUNICATION_ALONE, 40, 40),
                Measurement.of(Metric.STEP_BYTES, List.of(7e9), connected),
                Measurement.of(Metric.STEP_FLOP, STEP_FLOP));
    }

    private static List<Check> gemmChecks() {
        return List.of(
                new Check("gemm.freivalds", 67_108_864, 0, 0.4, "bound"), new Check("gemm.fp64", 64, 0, 0.9, "bound"));
    }

    private static List<Check> sums() {
        return List.of(new Check("allreduce.sum", 4096, 0, 0, "exact"), new Check("gemm.fp64", 64, 0, 0.9, "bound"));
    }

    private static List<Digest> digests() {
        return List.of(new Digest("gemm.c", "00112233445566aa"));
    }
}
