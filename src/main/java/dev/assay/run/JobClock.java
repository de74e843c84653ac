package dev.assay.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** How long a job took. What it waited in a queue is nobody's to predict and is left out. */
final class JobClock {
    /** What the batch script writes first. */
    private static final String STARTED = ".started";

    private JobClock() {}

    /**
     * @param experiment the experiment's folder; without a marker nothing queued
     * @return wall seconds from {@code began}, or from the marker where that came later
     */
    static double seconds(Path experiment, Instant began, Instant ended) {
        Instant from = started(experiment)
                .filter(marker -> marker.isAfter(began) && marker.isBefore(ended))
                .orElse(began);
        return Duration.between(from, ended).toMillis() / 1e3;
    }

    private static Optional<Instant> started(Path experiment) {
        if (!Files.isDirectory(experiment)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(experiment)) {
            return files.filter(file -> file.getFileName().toString().endsWith(STARTED))
                    .map(JobClock::written)
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new UncheckedIOException("looking when the job of " + experiment + " began", e);
        }
    }

    private static Instant written(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            throw new UncheckedIOException("reading the time of " + file, e);
        }
    }
}
