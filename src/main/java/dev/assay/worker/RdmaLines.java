package dev.assay.worker;

import dev.assay.host.RdmaNic;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.Rdma;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What came of the tests, as lines of this rank's result: its own clients' values, and what all must know. */
final class RdmaLines {
    private static final double BITS_PER_BYTE = 8;

    private final RankContext context;
    private final Rdma rdma;
    private final List<String> disagreed = new ArrayList<>();
    private final Map<String, String> reasons = new TreeMap<>();
    private final Map<String, Integer> measured = new TreeMap<>();
    private int tests;

    RdmaLines(RankContext context, Rdma rdma) {
        this.context = context;
        this.rdma = rdma;
    }

    void add(RdmaTest test, List<RdmaResult> results) {
        for (RdmaResult result : results) {
            tests++;
            String name = test.words() + " of " + result.link().words();
            if (result.report().isPresent() && !result.agreed()) {
                disagreed.add(name + ": " + result.report().get());
            }
            if (result.report().isEmpty()) {
                reasons.put(result.link().from().node() + " " + key(test, result.link()), result.problem());
            } else {
                measured.merge(result.link().from().node(), 1, Integer::sum);
                if (result.link().client() == context.world().rank()) {
                    write(test, result, result.report().get());
                }
            }
        }
    }

    /** As the judge looks for it: {@code bandwidth of mlx5_0/1, rail 0 to node2}. */
    private static String key(RdmaTest test, RdmaLink link) {
        return test.words() + " of " + link.writer().name() + ", rail " + link.rail() + " to "
                + link.to().node();
    }

    /** What a node sends where every test of bandwidth ran; nothing to predict where nodes have unequal numbers of NICs. */
    List<NicWindow.Prediction> predictions(List<RdmaNode> nodes) {
        long rails = nodes.get(0).nics().size();
        boolean alike = nodes.stream().allMatch(node -> node.nics().size() == rails);
        double bytes = (nodes.size() - 1.0) * rails * rdma.bytesSent();
        return alike ? List.of(NicWindow.Prediction.ofEachNode("RDMA writes", bytes)) : List.of();
    }

    /** The whole, once a node: how many of its tests gave a value, and why the others did not. */
    void close(RdmaNode node) {
        Map<String, String> conditions = new TreeMap<>();
        reasons.forEach((name, why) -> {
            if (name.startsWith(node.node() + " ")) {
                conditions.put(name.substring(node.node().length() + 1), why);
            }
        });
        if (!node.others().isEmpty()) {
            conditions.put("ports left out", String.join("; ", node.others()));
        }
        conditions.put("nics", Integer.toString(node.nics().size()));
        context.writer()
                .write(Measurement.of(
                        Metric.RDMA_TESTS, List.of((double) measured.getOrDefault(node.node(), 0)), conditions));
    }

    /** On every rank, as all of them know all answers. */
    void check() {
        context.writer()
                .write(new Check(
                        "rdma.reports",
                        tests,
                        disagreed.size(),
                        disagreed.isEmpty() ? 0 : Double.MAX_VALUE,
                        disagreed.isEmpty()
                                ? "both ends of every test reported what was asked for, and of bandwidth the same"
                                : disagreed.get(0)));
    }

    private void write(RdmaTest test, RdmaResult result, PerftestReport report) {
        Map<String, String> conditions = conditions(result, report);
        switch (test) {
            case BANDWIDTH -> {
                conditions.put("queuePairs", Integer.toString(rdma.queuePairs()));
                write(Metric.RDMA_BANDWIDTH, report.value(PerftestReport.BANDWIDTH) / BITS_PER_BYTE, conditions);
            }
            case LATENCY -> {
                conditions.put("least", Double.toString(report.value(PerftestReport.LEAST)));
                conditions.put("p99", Double.toString(report.value(PerftestReport.P99)));
                conditions.put("p99.9", Double.toString(report.value(PerftestReport.P999)));
                write(Metric.RDMA_LATENCY, report.value(PerftestReport.LATENCY), conditions);
            }
        }
    }

    private void write(Metric metric, double value, Map<String, String> conditions) {
        context.writer().write(Measurement.of(metric, List.of(value), conditions));
    }

    private static Map<String, String> conditions(RdmaResult result, PerftestReport report) {
        RdmaLink link = result.link();
        Map<String, String> conditions = new TreeMap<>();
        conditions.put("to", link.to().node());
        conditions.put("round", Integer.toString(link.round()));
        conditions.put("rail", Integer.toString(link.rail()));
        conditions.put("device", link.writer().name());
        conditions.put("toDevice", link.reader().name());
        conditions.put("link", link.writer().link());
        gid(link.writer()).ifPresent(words -> conditions.put("gid", words));
        gid(link.reader()).ifPresent(words -> conditions.put("toGid", words));
        conditions.put("memory", result.memory());
        conditions.put("bytes", Long.toString(report.bytes()));
        conditions.put("iterations", Long.toString(report.iterations()));
        conditions.put("perftest", link.from().version());
        return conditions;
    }

    private static Optional<String> gid(RdmaNic nic) {
        return nic.gids().stream().findFirst().map(RdmaNic.Gid::words);
    }
}
