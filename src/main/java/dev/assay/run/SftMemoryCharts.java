package dev.assay.run;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.summary.Chart;
import dev.assay.summary.Charts;
import dev.assay.summary.Charts.Part;
import dev.assay.summary.Charts.Stack;
import dev.assay.summary.Charts.StackScale;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The memory plan by part beside what the device says is in use, of the GPU with the most in use. */
final class SftMemoryCharts {
    private static final double GIBIBYTE = 1024;
    private static final double MEBIBYTES_IN_BYTES = 1 << 20;

    private SftMemoryCharts() {}

    /** A part of one column. */
    private record Piece(String name, int column, double mebibytes) {}

    /** Of the plan, what is nobody's own allocation. */
    private static final List<String> ASSUMED = List.of("NCCL's buffers", "context");

    static List<Chart> of(String experiment, LaunchResult launch) {
        return launch.ranks().stream()
                .filter(rank -> !rank.measurements(Metric.MEMORY_PART, Map.of()).isEmpty())
                .max(Comparator.comparingDouble(
                        rank -> SftCharts.mean(rank, Metric.MEMORY_USED).orElse(0)))
                .map(rank -> List.of(chart(experiment, launch, rank)))
                .orElse(List.of());
    }

    private static Chart chart(String experiment, LaunchResult launch, RankResult rank) {
        OptionalDouble used = SftCharts.mean(rank, Metric.MEMORY_USED);
        List<Piece> pieces = pieces(rank, used);
        double largest = IntStream.range(0, 2)
                .mapToDouble(column -> total(pieces, column))
                .max()
                .orElse(0);
        double divisor = largest >= GIBIBYTE ? GIBIBYTE : 1;
        String unit = divisor > 1 ? "GiB" : "MiB";
        List<Part> parts = pieces.stream()
                .map(piece -> new Part(piece.name(), figure(piece.mebibytes() / divisor) + " " + unit))
                .toList();
        List<String> columns = List.of("planned by part", "in use, says the device");
        List<Stack> stacks = IntStream.range(0, columns.size())
                .filter(column -> total(pieces, column) > 0)
                .mapToObj(column -> new Stack(
                        columns.get(column),
                        pieces.stream()
                                .map(piece -> piece.column() == column ? piece.mebibytes() / divisor : 0)
                                .toList()))
                .toList();
        boolean told = used.isPresent();
        return Charts.stacks(
                "Memory planned and in use, " + experiment,
                parts,
                stacks,
                new StackScale(
                        unit,
                        told
                                ? "one GPU, " + SftCharts.name(rank)
                                : "one rank; this device does not tell what is in use",
                        "",
                        true,
                        told
                                ? OptionalDouble.of(rank.device().memoryBytes() / MEBIBYTES_IN_BYTES / divisor)
                                : OptionalDouble.empty(),
                        "memory of the GPU"),
                "memory.* of experiments/" + experiment + "/" + launch.id() + "/rank-"
                        + rank.header().rank() + ".ndjson; of all ranks the one with the most in use");
    }

    private static List<Piece> pieces(RankResult rank, OptionalDouble used) {
        List<Piece> pieces = new ArrayList<>();
        for (Measurement part : rank.measurements(Metric.MEMORY_PART, Map.of())) {
            double mebibytes = part.samples().get(0);
            if (mebibytes > 0) {
                pieces.add(new Piece(part.conditions().getOrDefault("part", "unnamed"), 0, mebibytes));
            }
        }
        rank.measurement(Metric.MEMORY_PLANNED)
                .ifPresent(all -> ASSUMED.forEach(part -> Optional.ofNullable(
                                all.conditions().get(part + ", MiB"))
                        .filter(mebibytes -> mebibytes.matches("[0-9]{1,12}"))
                        .ifPresent(
                                mebibytes -> pieces.add(new Piece(part + ", assumed", 0, Long.parseLong(mebibytes))))));
        used.ifPresent(mebibytes -> pieces.add(new Piece("in use", 1, mebibytes)));
        return pieces;
    }

    private static double total(List<Piece> pieces, int column) {
        return pieces.stream()
                .filter(piece -> piece.column() == column)
                .mapToDouble(Piece::mebibytes)
                .sum();
    }

    private static String figure(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 1 ? "%.1f" : "%.3f", value);
    }
}
