package dev.assay.plan;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.training.Collective;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import dev.assay.training.Machine;
import dev.assay.workload.CollectiveOperation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a recorded run of {@code collective} says of α and B, in a node and between nodes. */
final class MeasuredLinks {
    /** Below it NCCL's protocols for small messages are at work, and training sends little. */
    private static final long FEWEST_BYTES = 1 << 20;

    /** What is measured over fewer nodes than are asked for says less of more. */
    private static final double FEWER_NODES = 0.1;

    private static final String OPERATION = "operation";

    private final List<Measurement> measured;
    private final int gpusPerNode;
    private final String label;

    /** @param gpusPerNode of the run */
    MeasuredLinks(List<ExperimentResult> results, int gpusPerNode, String label) {
        this.measured = results.stream()
                .filter(result -> result.experiment().equals("collective"))
                .flatMap(result -> result.launches().stream())
                .filter(LaunchResult::whole)
                .flatMap(launch -> launch.ranks().stream())
                .flatMap(rank -> rank
                        .measurements(Metric.COLLECTIVE_BUSBW, Map.of("mode", "plain", "place", "out", "type", "float"))
                        .stream())
                .toList();
        this.gpusPerNode = gpusPerNode;
        this.label = label;
    }

    /** @param nodes the most that a prediction is for */
    Map<Figure, Estimate> figures(int nodes) {
        Map<Figure, Estimate> figures = new EnumMap<>(Figure.class);
        put(figures, "node", gpusPerNode, "host", Figure.NODE_ALL_REDUCE, Figure.NODE_GATHER, Figure.NODE_LATENCY, 1);
        int most = measured.stream()
                .filter(each -> is(each, "scope", "cluster") && is(each, "over", "network"))
                .mapToInt(MeasuredLinks::ranks)
                .max()
                .orElse(0);
        put(
                figures,
                "cluster",
                most,
                "network",
                Figure.FABRIC_ALL_REDUCE,
                Figure.FABRIC_GATHER,
                Figure.FABRIC_LATENCY,
                most / gpusPerNode);
        if (most > 0 && most / gpusPerNode < nodes) {
            List.of(Figure.FABRIC_ALL_REDUCE, Figure.FABRIC_GATHER, Figure.FABRIC_LATENCY)
                    .forEach(figure -> figures.computeIfPresent(figure, (key, of) -> of.widenedBy(FEWER_NODES)));
        }
        return figures;
    }

    private void put(
            Map<Figure, Estimate> figures,
            String scope,
            int ranks,
            String over,
            Figure allReduce,
            Figure gather,
            Figure latency,
            int nodes) {
        Optional<LinkFit> reduced = fit(CollectiveOperation.ALL_REDUCE, scope, ranks, over);
        List<LinkFit> gathers = Stream.of(CollectiveOperation.ALL_GATHER, CollectiveOperation.REDUCE_SCATTER)
                .flatMap(operation -> fit(operation, scope, ranks, over).stream())
                .toList();
        String where = label + ", collective over " + ranks + " GPUs by " + over;
        reduced.ifPresent(fit -> figures.put(allReduce, fit.bandwidth(source(fit, where))));
        together(gathers.stream().map(fit -> fit.bandwidth(source(fit, where))).toList())
                .ifPresent(estimate -> figures.put(gather, estimate));
        boolean crosses = over.equals("network");
        double twice = Machine.latencyByNccl(Collective.Kind.ALL_REDUCE, nodes, gpusPerNode, crosses);
        double once = Machine.latencyByNccl(Collective.Kind.ALL_GATHER, nodes, gpusPerNode, crosses);
        together(Stream.concat(
                                reduced.stream().map(fit -> fit.latency(twice, source(fit, where))),
                                gathers.stream().map(fit -> fit.latency(once, source(fit, where))))
                        .toList())
                .ifPresent(estimate -> figures.put(latency, estimate));
    }

    private static String source(LinkFit fit, String where) {
        return where + ", " + fit.points() + " sizes from 1 MiB, residuals " + Words.fixed(100 * fit.residual(), 1)
                + " %";
    }

    /** One figure for what is measured by several: their mean, and the range of all. */
    private static Optional<Estimate> together(List<Estimate> all) {
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(new Estimate(
                        all.stream().mapToDouble(Estimate::value).average().orElseThrow(),
                        all.stream().mapToDouble(Estimate::low).min().orElseThrow(),
                        all.stream().mapToDouble(Estimate::high).max().orElseThrow(),
                        all.get(0).source()));
    }

    /** At each size the slowest communicator's median. */
    private Optional<LinkFit> fit(CollectiveOperation operation, String scope, int ranks, String over) {
        TreeMap<Long, Double> slowest = new TreeMap<>();
        measured.stream()
                .filter(each -> is(each, OPERATION, operation.key()) && is(each, "scope", scope))
                .filter(each -> is(each, "over", over) && ranks(each) == ranks)
                .filter(each -> !operation.reduces() || is(each, "reduction", "sum"))
                .filter(each -> bytes(each) >= FEWEST_BYTES)
                .forEach(each -> slowest.merge(bytes(each), MeasuredParts.median(each.samples()), Math::min));
        return LinkFit.of(slowest.entrySet().stream()
                .filter(size -> size.getValue() > 0)
                .map(size -> {
                    double busBytes = size.getKey() * operation.busFactor(ranks);
                    return new LinkFit.Point(busBytes, busBytes / (size.getValue() * 1e9));
                })
                .toList());
    }

    private static boolean is(Measurement measurement, String condition, String value) {
        return value.equals(measurement.conditions().get(condition));
    }

    private static int ranks(Measurement measurement) {
        return (int) number(measurement, "ranks");
    }

    private static long bytes(Measurement measurement) {
        return number(measurement, "bytes");
    }

    /** 0 where it is none. */
    private static long number(Measurement measurement, String condition) {
        String text = measurement.conditions().getOrDefault(condition, "");
        return text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }
}
