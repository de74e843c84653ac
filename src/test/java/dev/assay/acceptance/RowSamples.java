package dev.assay.acceptance;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a row's verdict was computed from, as CSV: one line a launch, rank and metric, its samples behind each other. */
final class RowSamples {
    private static final String WHO = "launch,rank,node,gpu,";
    private static final int MOST_CHARACTERS = 1 << 20;

    private RowSamples() {}

    static String csv(Metric judged, List<LaunchResult> launches) {
        String head = switch (judged) {
            case WRONG_ELEMENTS -> WHO + "check,checked,wrong,worst of its bound,detail";
            case DISTINCT_RESULTS -> WHO + "result,digest";
            case IDENTITY_DIFFERENCES, MEMORY_CAPACITY -> WHO + "fact,value";
            default -> WHO + "metric,unit,conditions,samples";
        };
        return bounded(
                head,
                launches.stream()
                        .flatMap(launch -> launch.ranks().stream()
                                .flatMap(rank ->
                                        values(judged, rank).map(values -> launch.id() + "," + who(rank) + values))));
    }

    private static Stream<String> values(Metric judged, RankResult rank) {
        Set<Metric> sources = sources(judged);
        return switch (judged) {
            case WRONG_ELEMENTS ->
                rank.checks().stream()
                        .map(check -> quoted(check.name()) + "," + check.checked() + "," + check.wrong() + ","
                                + check.worst() + "," + quoted(check.detail()));
            case IDENTITY_DIFFERENCES ->
                Stream.concat(
                                Stream.of(
                                        Map.entry("model", rank.device().model()),
                                        Map.entry("driver", rank.device().driver())),
                                new TreeMap<>(rank.device().facts()).entrySet().stream())
                        .map(fact -> quoted(fact.getKey()) + "," + quoted(fact.getValue()));
            case MEMORY_CAPACITY ->
                Stream.of(quoted("memory") + "," + quoted(rank.device().memoryBytes() + " B"));
            case DISTINCT_RESULTS ->
                rank.digests().stream().map(digest -> quoted(digest.name()) + "," + quoted(digest.value()));
            default ->
                rank.measurements().stream()
                        .filter(measurement -> sources.contains(measurement.metric()))
                        .map(measurement -> measurement.metric().key() + ","
                                + measurement.unit().symbol() + ","
                                + quoted(conditions(measurement)) + ","
                                + measurement.samples().stream()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")));
        };
    }

    /** What the judge computes a derived metric from; another one is its own source. */
    private static Set<Metric> sources(Metric judged) {
        return switch (judged) {
            case STEP_TFLOPS, SCALE_EFFICIENCY -> EnumSet.of(Metric.STEP_TIME, Metric.STEP_FLOP);
            case SENSITIVITY ->
                EnumSet.of(
                        Metric.COMPUTE_ALONE,
                        Metric.COMMUNICATION_ALONE,
                        Metric.STEP_TIME,
                        Metric.STEP_BYTES,
                        Metric.STEP_BYTES_BUS,
                        Metric.STEP_FLOP_EXECUTED);
            case LOAD_RATIO ->
                EnumSet.of(
                        Metric.GEMM_TFLOPS,
                        Metric.STEP_TIME,
                        Metric.STEP_FLOP_EXECUTED,
                        Metric.TENSOR_ACTIVE,
                        Metric.SM_CLOCK);
            case NIC_BYTES_RATIO ->
                EnumSet.of(Metric.NIC_BYTES_SENT, Metric.NIC_BYTES_RECEIVED, Metric.NIC_BYTES_PREDICTED);
            case NIC_SHARE -> EnumSet.of(Metric.NIC_BYTES_SENT, Metric.NIC_BYTES_RECEIVED);
            case FABRIC_NODE_BANDWIDTH -> EnumSet.of(Metric.FABRIC_BANDWIDTH, Metric.FABRIC_BUSBW);
            case FABRIC_VICTIM -> EnumSet.of(Metric.FABRIC_BANDWIDTH);
            case WARMTH -> EnumSet.of(Metric.TEMPERATURE, Metric.POWER);
            case TRAIN_FABRIC -> EnumSet.of(Metric.STEP_TIME, Metric.STEP_BYTES_BUS, Metric.STEP_FLOP_EXECUTED);
            case TRAIN_EXPOSED, TRAIN_EXPOSED_DIFFERENCE ->
                EnumSet.of(Metric.TRAIN_EXPOSED, Metric.TRAIN_SILENT, Metric.STEP_TIME);
            case TRAIN_COMMUNICATION, TRAIN_GRADIENTS_BUSBW, TRAIN_WEIGHTS_BUSBW -> EnumSet.of(Metric.TRAIN_COLLECTIVE);
            case PAIR_NODE_BANDWIDTH -> EnumSet.of(Metric.PAIR_BANDWIDTH);
            case TRAIN_TOKENS, TRAIN_TOKENS_ALL -> EnumSet.of(Metric.STEP_TIME, Metric.STEP_TOKENS);
            case TRAIN_MFU -> EnumSet.of(Metric.STEP_TIME, Metric.STEP_FLOP);
            case TRAIN_MFU_FULL -> EnumSet.of(Metric.STEP_TIME, Metric.STEP_FLOP_FULL);
            case TRAIN_HFU -> EnumSet.of(Metric.STEP_TIME, Metric.STEP_FLOP_EXECUTED);
            case TRAIN_TOKENS_JOULE -> EnumSet.of(Metric.ENERGY, Metric.STEP_TIME, Metric.STEP_TOKENS);
            case REMAPPED_NEW -> EnumSet.of(Metric.REMAPPED_ROWS);
            case MEMORY_PLAN_RATIO -> EnumSet.of(Metric.MEMORY_USED, Metric.MEMORY_PLANNED);
            default -> EnumSet.of(judged);
        };
    }

    /** What tells the cases of one metric apart, in the order of their names. */
    private static String conditions(Measurement measurement) {
        return new TreeMap<>(measurement.conditions())
                .entrySet().stream()
                        .map(condition -> condition.getKey() + "=" + condition.getValue())
                        .collect(Collectors.joining(" "));
    }

    private static String who(RankResult rank) {
        return rank.header().rank() + "," + rank.header().node() + ","
                + rank.device().uuid() + ",";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }

    /** Whole lines only; the run folder has all of them. */
    private static String bounded(String head, Stream<String> lines) {
        StringBuilder csv = new StringBuilder(head).append('\n');
        int[] leftOut = {0};
        lines.forEach(line -> {
            if (csv.length() + line.length() < MOST_CHARACTERS) {
                csv.append(line).append('\n');
            } else {
                leftOut[0]++;
            }
        });
        return leftOut[0] == 0
                ? csv.toString()
                : csv.append("# ")
                        .append(leftOut[0])
                        .append(" more lines: rank-N.ndjson in the run folder\n")
                        .toString();
    }
}
