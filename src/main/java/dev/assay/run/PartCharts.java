package dev.assay.run;

import dev.assay.criteria.Limit;
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
import dev.assay.summary.Charts.NodePair;
import dev.assay.verdict.Samples;
import dev.assay.verdict.State;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pictures of what measures a kind of part: a dot a GPU, or a heat map a node where every GPU has one value a link. */
final class PartCharts {
    /** On the page they are drawn over sizes. */
    private static final Set<Metric> OVER_SIZES = EnumSet.of(Metric.COLLECTIVE_TIME, Metric.COLLECTIVE_ITERATION);

    private static final String GPU = "GPU ";

    /** Of what there is one picture on the page: a metric, and of the fabric each of its patterns. */
    private record Subject(Metric metric, Map<String, String> pattern) {
        static Subject of(Row row) {
            return new Subject(
                    row.criterion().metric(),
                    row.criterion().workload().equals("fabric")
                            ? row.criterion().conditions()
                            : Map.of());
        }
    }

    private PartCharts() {}

    /**
     * Of an experiment, for the summary page: one a metric (of the fabric one a metric and pattern), of the first row that judges it by a limit of its own, else of its
     * first row; and of every row that failed.
     */
    static List<Chart> of(Run run, String experiment) {
        return drawn(run.rows(experiment), row -> failed(run, row)).stream()
                .flatMap(row -> of(run, row).stream())
                .toList();
    }

    static List<Row> drawn(List<Row> rows, Predicate<Row> failed) {
        Set<Subject> drawn = new HashSet<>();
        return rows.stream()
                .sorted(Comparator.comparing(row -> !ownLimit(row)))
                .filter(row -> !OVER_SIZES.contains(row.criterion().metric()) || failed.test(row))
                .filter(row -> drawn.add(Subject.of(row)) || failed.test(row))
                .toList();
    }

    private static boolean ownLimit(Row row) {
        return row.criterion().judged() && limit(row.criterion().limit()).isPresent();
    }

    private static boolean failed(Run run, Row row) {
        return Optional.ofNullable(run.judged().get(row.key()))
                .filter(verdict -> verdict.state() == State.FAIL)
                .isPresent();
    }

    /** None where the row's metric is not one that ranks record, or the same everywhere: that needs no picture. */
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
        List<Dot> dots = Stream.concat(
                        FabricValues.of(launches, row.criterion()).stream(),
                        ranks.stream().flatMap(rank -> dots(rank, row)))
                .filter(dot -> Double.isFinite(dot.value()))
                .toList();
        OptionalDouble limit = row.criterion().judged() ? limit(row.criterion().limit()) : OptionalDouble.empty();
        List<NodePair> pairs = PairValues.of(launches, row.criterion());
        if (!pairs.isEmpty()) {
            boolean lowIsGood = row.criterion().limit() instanceof Limit.AtMost;
            return List.of(Charts.pairs(
                    row.title(), pairs, row.criterion().unit(), limit, lowIsGood, PairValues.SOURCE + source));
        }
        List<NodePair> worst = WorstOfPairs.of(launches, row.criterion());
        if (!worst.isEmpty()) {
            boolean lowIsGood = row.criterion().limit() instanceof Limit.AtMost;
            return List.of(Charts.pairs(
                    row.title(), worst, row.criterion().unit(), limit, lowIsGood, WorstOfPairs.SOURCE + source));
        }
        if (!links.isEmpty()) {
            return List.of(Charts.matrix(
                    row.title(),
                    links,
                    row.criterion().unit(),
                    limit,
                    row.criterion().limit() instanceof Limit.AtMost,
                    source));
        }
        return dots.stream().map(Dot::value).distinct().count() < 2
                ? List.of()
                : List.of(Charts.spread(
                        row.title(),
                        dots,
                        row.criterion().unit(),
                        limit,
                        FabricValues.source(row.criterion().metric()) + source));
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
                        rank.header().node() + " " + part(rank, measurement) + other(measurement),
                        value(measurement, row)));
    }

    /** The rank's GPU, or the NIC that it drives. */
    private static String part(RankResult rank, Measurement measurement) {
        boolean nic = measurement.conditions().containsKey("rail")
                && measurement.conditions().containsKey("device");
        return nic
                ? "NIC " + measurement.conditions().get("rail")
                : GPU + rank.header().localRank();
    }

    /** The node that a link goes to, where it leaves the rank's own. */
    private static String other(Measurement measurement) {
        String to = measurement.conditions().getOrDefault("to", "");
        return to.isEmpty() ? "" : " to " + to;
    }

    private static double value(Measurement measurement, Row row) {
        return Samples.of(row.criterion().statistic(), measurement.samples());
    }

    /** A line that a value can be compared with by eye; those relative to the fleet have none. */
    private static OptionalDouble limit(Limit limit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return OptionalDouble.of(atLeast.floor());
        }
        return limit instanceof Limit.AtMost atMost ? OptionalDouble.of(atMost.most()) : OptionalDouble.empty();
    }
}
