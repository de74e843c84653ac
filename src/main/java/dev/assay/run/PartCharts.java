package dev.assay.run;

import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Row;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.Dot;
import dev.assay.summary.Charts.Link;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pictures of what measures a kind of part: a dot a GPU, or a heat map a node where every GPU has one value a link. */
final class PartCharts {
    private static final Set<String> OTHERS = Set.of("burn", "coupled");
    private static final String GPU = "GPU ";

    private PartCharts() {}

    /** Of an experiment, for the summary page: one a metric, of the first row that judges it by a limit of its own. */
    static List<Chart> of(Run run, String experiment) {
        Set<Metric> drawn = EnumSet.noneOf(Metric.class);
        List<Chart> charts = new ArrayList<>();
        if (!OTHERS.contains(experiment)) {
            run.rows(experiment).stream()
                    .filter(row -> row.criterion().judged()
                            && limit(row.criterion().limit()).isPresent())
                    .filter(row -> drawn.add(row.criterion().metric()))
                    .forEach(row -> charts.addAll(of(run, row)));
        }
        return charts;
    }

    /** None where the row's metric is not one that ranks record. */
    static List<Chart> of(Run run, Row row) {
        List<LaunchResult> launches = RunCharts.launches(run, row.experiment())
                .filter(launch -> launch.role() == LaunchRole.LOAD && RunCharts.serves(launch, row))
                .toList();
        String source = row.criterion().metric().key() + " of experiments/" + row.experiment() + "/"
                + launches.stream().map(LaunchResult::id).collect(Collectors.joining(","))
                + "/rank-N.ndjson";
        return chart(row, launches, source);
    }

    static List<Chart> chart(Row row, List<LaunchResult> launches, String source) {
        List<RankResult> ranks =
                launches.stream().flatMap(launch -> launch.ranks().stream()).toList();
        List<Link> links = ranks.stream().flatMap(rank -> links(rank, row)).toList();
        List<Dot> dots = ranks.stream().flatMap(rank -> dots(rank, row)).toList();
        OptionalDouble limit = limit(row.criterion().limit());
        if (!links.isEmpty()) {
            return List.of(Charts.matrix(
                    row.title(),
                    links,
                    row.criterion().unit(),
                    limit,
                    row.criterion().limit() instanceof Limit.AtMost,
                    source));
        }
        return dots.isEmpty()
                ? List.of()
                : List.of(Charts.spread(row.title(), dots, row.criterion().unit(), limit, source));
    }

    private static Stream<Measurement> measured(RankResult rank, Row row) {
        return rank.measurements(row.criterion().metric(), row.criterion().conditions()).stream();
    }

    /** The links to other GPUs of the rank's node. */
    private static Stream<Link> links(RankResult rank, Row row) {
        return measured(rank, row)
                .filter(measurement ->
                        measurement.conditions().getOrDefault("to", "").matches(GPU + "\\d{1,4}"))
                .map(measurement -> new Link(
                        rank.header().node(),
                        rank.header().localRank(),
                        Integer.parseInt(
                                measurement.conditions().getOrDefault("to", "").substring(GPU.length())),
                        value(measurement, row)));
    }

    private static Stream<Dot> dots(RankResult rank, Row row) {
        return measured(rank, row)
                .map(measurement -> new Dot(
                        rank.header().node() + " " + GPU + rank.header().localRank() + other(measurement),
                        value(measurement, row)));
    }

    /** The node that a link goes to, where it leaves the rank's own. */
    private static String other(Measurement measurement) {
        String to = measurement.conditions().getOrDefault("to", "");
        return to.isEmpty() ? "" : " to " + to;
    }

    private static double value(Measurement measurement, Row row) {
        List<Double> sorted = measurement.samples().stream().sorted().toList();
        Statistic statistic = row.criterion().statistic();
        return switch (statistic) {
            case MEAN ->
                sorted.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
            case HARMONIC_MEAN ->
                sorted.size()
                        / sorted.stream().mapToDouble(sample -> 1 / sample).sum();
            case MEDIAN -> (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
            case MINIMUM -> sorted.get(0);
            case MAXIMUM -> sorted.get(sorted.size() - 1);
        };
    }

    /** A line that a value can be compared with by eye; those relative to the fleet have none. */
    private static OptionalDouble limit(Limit limit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return OptionalDouble.of(atLeast.floor());
        }
        return limit instanceof Limit.AtMost atMost ? OptionalDouble.of(atMost.most()) : OptionalDouble.empty();
    }
}
