package dev.assay.workload;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a criterion's conditions may name, by workload and metric: a word that no measurement is ever taken under would choose
 * none of them, and show only after the run, or drop the criterion's row. {@code native/README.md} defines the words.
 */
public final class Conditions {
    private static final String NUMBER = "[1-9]\\d{0,17}|0";
    private static final String NUMBERS = "a whole number";
    private static final String WORDS = "[^\\p{Cntrl}]+";
    private static final List<String> OF_NCCL = List.of("algorithm", "protocol", "transport", "gdr", "pxn", "nics");

    private static final Map<String, List<Rule>> RULES = Map.ofEntries(
            Map.entry(
                    "hbm",
                    List.of(
                            words("hbm.bandwidth", "kernel", keys(MemoryKernel.values(), MemoryKernel::key)),
                            number("hbm.bandwidth", "bytes"),
                            number("hbm.latency", "footprint"))),
            Map.entry(
                    "memtest",
                    List.of(
                            words("memtest.bandwidth", "pattern", keys(MemtestPattern.values(), MemtestPattern::key)),
                            number("memtest.bandwidth", "bytes"))),
            Map.entry(
                    "host-link",
                    List.of(
                            words("host.", "direction", List.of("h2d", "d2h", "both")),
                            words("host.", "load", List.of("alone", "all")),
                            words("host.", "place", List.of("near", "far")),
                            number("host.", "bytes"))),
            Map.entry(
                    "launch",
                    List.of(
                            words("launch.", "score", List.of("mean", "p50", "p99")),
                            number("launch.", "threads"),
                            shape("launch.gemm"),
                            precision("launch.gemm"))),
            Map.entry(
                    "peer",
                    List.of(
                            words("peer.bandwidth", "method", keys(PeerMethod.values(), PeerMethod::key)),
                            words("peer.bandwidth", "access", List.of("read", "write")),
                            words("peer.bandwidth", "direction", List.of("one", "both")),
                            number("peer.bandwidth", "bytes"),
                            words("peer.", "via", List.of("nvlink", "pcie", "host")))),
            Map.entry("collective", collective()),
            Map.entry("fabric", fabric()),
            Map.entry("node-pair", withNccl(List.of(over("pair."), number("pair.", "bytes")))),
            Map.entry("rdma", List.of(number("rdma.", "rail"), any("rdma.", "device"), any("rdma.", "link"))),
            Map.entry(
                    "gemm",
                    List.of(precision(""), shape(""), words("", "mode", List.of("burst", "sustained", "finder")))),
            Map.entry("burn", List.of(precision("gemm."), shape("gemm."))),
            Map.entry(
                    "sft",
                    List.of(
                            words("", "run", List.of("nominal", "stress")),
                            any("", "model"),
                            new Rule("", "zero", Pattern.compile("[0-3](,[0-3])*"), "stages of ZeRO, e.g. 1,2"))));

    private Conditions() {}

    /** One condition of some metrics of a workload. */
    private record Rule(String metrics, String key, Pattern allowed, String words) {
        boolean isOf(String metric) {
            return metric.startsWith(metrics);
        }
    }

    /** What the metric's criteria may name; empty: nothing. */
    public static List<String> keys(String workload, String metric) {
        return rules(workload, metric).map(Rule::key).toList();
    }

    /** Why a condition can choose nothing: what would, in words; empty where it can choose, or where nobody knows the key. */
    public static Optional<String> refused(String workload, String metric, String key, String value) {
        return rules(workload, metric)
                .filter(rule -> rule.key().equals(key))
                .filter(rule -> !rule.allowed().matcher(value).matches())
                .map(Rule::words)
                .findFirst();
    }

    private static Stream<Rule> rules(String workload, String metric) {
        return RULES.getOrDefault(workload, List.of()).stream().filter(rule -> rule.isOf(metric));
    }

    private static List<Rule> collective() {
        return withNccl(List.of(
                words("collective.", "scope", keys(CollectiveScope.values(), CollectiveScope::key)),
                number("collective.", "ranks"),
                over("collective."),
                words("collective.", "operation", keys(CollectiveOperation.values(), CollectiveOperation::key)),
                number("collective.", "bytes"),
                words("collective.", "type", keys(CollectiveType.values(), CollectiveType::key)),
                words("collective.", "reduction", List.of("sum", "max", "none")),
                words("collective.", "place", List.of("in", "out")),
                words("collective.", "mode", List.of("plain", "graph")),
                number("collective.", "batch")));
    }

    private static List<Rule> fabric() {
        return withNccl(List.of(
                words("", "variant", List.of("default", "cross-rail", "nic-only", "ring")),
                words("", "pattern", keys(FabricPattern.values(), FabricPattern::key)),
                words("fabric.", "load", List.of("alone", "all-to-all", "incast")),
                over("fabric."),
                number("fabric.", "bytes")));
    }

    /** Whatever NCCL's own report says of its connections. */
    private static List<Rule> withNccl(List<Rule> rules) {
        List<Rule> all = new ArrayList<>(rules);
        OF_NCCL.forEach(key -> all.add(any(rules.get(0).metrics(), key)));
        return List.copyOf(all);
    }

    private static Rule over(String metrics) {
        return words(metrics, "over", List.of("host", "network"));
    }

    private static Rule precision(String metrics) {
        return words(metrics, "dtype", keys(Precision.values(), Precision::key));
    }

    private static Rule shape(String metrics) {
        return new Rule(metrics, "shape", Pattern.compile("\\d{1,9}x\\d{1,9}x\\d{1,9}"), "MxNxK, e.g. 8192x8192x8192");
    }

    private static Rule number(String metrics, String key) {
        return new Rule(metrics, key, Pattern.compile(NUMBER), NUMBERS);
    }

    private static Rule any(String metrics, String key) {
        return new Rule(metrics, key, Pattern.compile(WORDS), "one line of words");
    }

    private static Rule words(String metrics, String key, List<String> words) {
        String pattern = words.stream().map(Pattern::quote).collect(Collectors.joining("|"));
        return new Rule(metrics, key, Pattern.compile(pattern), String.join(", ", words));
    }

    private static <T> List<String> keys(T[] values, Function<T, String> key) {
        return Arrays.stream(values).map(key).toList();
    }
}
