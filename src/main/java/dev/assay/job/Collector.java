package dev.assay.job;

import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.RankTrouble;
import dev.assay.measurement.ResultException;
import dev.assay.measurement.ResultReader;
import dev.assay.measurement.ResultWriter;
import dev.assay.plan.Launch;
import dev.assay.plan.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Takes from a launch's folder what its ranks left, and says of each that left nothing usable what befell it. */
final class Collector {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final RunFolder folder;
    private final Pace pace;

    Collector(RunFolder folder, Pace pace) {
        this.folder = folder;
        this.pace = pace;
    }

    /** @param lateFiles how long to wait for files that should be there and are not to be seen yet */
    LaunchResult collect(Launch launch, Spec spec, Duration lateFiles, Optional<String> jobTrouble) {
        List<Found> ranks = lookUntilSettled(spec, lateFiles);
        OptionalInt culprit = culprit(ranks);
        List<RankResult> whole =
                ranks.stream().flatMap(rank -> rank.result().stream()).toList();
        List<RankTrouble> troubles = ranks.stream()
                .filter(rank -> rank.result().isEmpty())
                .map(rank -> trouble(spec, rank, culprit.equals(OptionalInt.of(rank.rank()))))
                .toList();
        return new LaunchResult(
                launch.id(),
                launch.role(),
                launch.repetition(),
                launch.nodes(),
                spec.gpusPerNode(),
                whole,
                troubles,
                jobTrouble,
                launch.variant());
    }

    /** What one rank left: a usable result, or words why there is none. */
    record Found(int rank, Optional<ExitMarker> marker, Optional<RankResult> result, String what) {
        /** A rank that ended well, or of which nothing is known, may have files that are not to be seen yet. */
        boolean mayComeYet() {
            return result.isEmpty() && marker.map(m -> !m.failed()).orElse(true);
        }
    }

    private List<Found> lookUntilSettled(Spec spec, Duration lateFiles) {
        long start = pace.nanos();
        List<Found> ranks = new ArrayList<>();
        for (int rank = 0; rank < spec.worldSize(); rank++) {
            ranks.add(look(spec, rank));
        }
        while (ranks.stream().anyMatch(Found::mayComeYet) && pace.since(start).compareTo(lateFiles) < 0) {
            pace.sleep(LOOK_AGAIN);
            refresh(folder.launch(spec.experiment(), spec.launch()));
            ranks.replaceAll(rank -> rank.mayComeYet() ? look(spec, rank.rank()) : rank);
        }
        return ranks;
    }

    /** Reading the directory makes a network file system ask its server again. */
    private static void refresh(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            entries.forEach(entry -> {});
        } catch (IOException e) {
            // The next look will find nothing, and say so.
        }
    }

    private Found look(Spec spec, int rank) {
        Path file = folder.result(spec.experiment(), spec.launch(), rank);
        Optional<ExitMarker> marker = ExitMarker.read(folder.exitMarker(spec.experiment(), spec.launch(), rank), rank);
        try {
            RankResult result = ResultReader.read(file, expected(spec, rank));
            boolean ownWords = result.failure().isPresent();
            if (marker.isPresent() && (!marker.get().failed() || ownWords)) {
                return new Found(rank, marker, Optional.of(result), "");
            }
            return new Found(rank, marker, Optional.empty(), ending(spec, rank, marker) + ", after a whole result");
        } catch (ResultException e) {
            boolean failed = marker.map(ExitMarker::failed).orElse(true);
            return new Found(rank, marker, Optional.empty(), failed ? ending(spec, rank, marker) : unusable(file, e));
        }
    }

    /** Of a rank that ended well by its marker. */
    private static String unusable(Path file, ResultException e) {
        if (Files.exists(file)) {
            return Text.printable(String.valueOf(e.getMessage()));
        }
        Path part = ResultWriter.partOf(file);
        return "exited with 0 but left "
                + (Files.exists(part) ? "its result half-written: " + part.getFileName() : "no result file");
    }

    private static ResultReader.Expected expected(Spec spec, int rank) {
        return new ResultReader.Expected(
                spec.runId(), spec.planHash(), spec.experiment(), spec.launch(), rank, spec.worldSize());
    }

    private String ending(Spec spec, int rank, Optional<ExitMarker> marker) {
        String phase = Text.printable(Text.content(folder.phase(spec.experiment(), spec.launch(), rank)));
        String during = phase.isEmpty() ? "" : " in phase " + phase;
        if (marker.isPresent()) {
            return marker.get().words() + during;
        }
        boolean started = Files.exists(folder.log(spec.experiment(), spec.launch(), rank));
        return started
                ? "killed from outside, its wrapper too: no exit marker" + during
                : "did not start: no exit marker and no log; does its node see the run folder (-Dassay.home=)?";
    }

    /**
     * The first to fail by itself. Where nobody did, the one rank that vanished without a marker while others were ended in
     * good order.
     */
    static OptionalInt culprit(List<Found> ranks) {
        Optional<ExitMarker> first = ranks.stream()
                .flatMap(rank -> rank.marker().stream())
                .filter(ExitMarker::suspect)
                .min(Comparator.comparingLong(ExitMarker::endNanos));
        if (first.isPresent()) {
            return OptionalInt.of(first.get().rank());
        }
        List<Found> unmarked =
                ranks.stream().filter(rank -> rank.marker().isEmpty()).toList();
        if (unmarked.size() == 1 && ranks.size() > 1) {
            return OptionalInt.of(unmarked.get(0).rank());
        }
        List<Found> unusable =
                ranks.stream().filter(rank -> rank.result().isEmpty()).toList();
        boolean allEndedWell = ranks.stream()
                .allMatch(rank -> rank.marker().map(m -> !m.failed()).orElse(false));
        return allEndedWell && !unusable.isEmpty()
                ? OptionalInt.of(unusable.get(0).rank())
                : OptionalInt.empty();
    }

    private RankTrouble trouble(Spec spec, Found rank, boolean culprit) {
        String node = spec.nodes().get(rank.rank() / spec.gpusPerNode());
        String host = rank.marker().map(ExitMarker::host).orElse(node);
        String where = host.equals(node) ? "" : " on host " + Text.printable(host);
        Path log = folder.log(spec.experiment(), spec.launch(), rank.rank());
        return new RankTrouble(rank.rank(), node, rank.what() + where, Text.tail(log), culprit);
    }
}
