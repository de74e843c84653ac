package dev.assay.measurement;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads what a rank left, and believes nothing that is not sealed, whole, and of the very run, plan and launch asked for. */
public final class ResultReader {
    private ResultReader() {}

    /** Whose result is asked for. */
    public record Expected(String run, String plan, String experiment, String launch, int rank, int worldSize) {}

    /**
     * Reads a sealed file; of telemetry, which {@link #telemetry} reads, only the reasons stay for what the
     * device refused to tell: among the device's facts, under the metric's key.
     *
     * @throws ResultException if the file is missing, unsealed, malformed, another's, or ends before its device was open; in
     *     words that can stand in a report
     */
    public static RankResult read(Path path, Expected expected) {
        try (ResultLines lines = ResultLines.open(path)) {
            Collected collected = new Collected(lines);
            for (Optional<ResultLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                collected.add(line.get());
                if (line.get().type() == LineType.HEADER) {
                    HeaderCheck.check(collected.header(), expected).ifPresent(trouble -> {
                        throw lines.refuse(trouble);
                    });
                }
            }
            return collected.result();
        }
    }

    /**
     * The telemetry of a sealed file, window by window. The lines of a window stand together, its coverage before its series,
     * so the coverage's conditions are the window's.
     */
    public static List<TelemetryWindow> telemetry(Path path) {
        List<TelemetryWindow> windows = new ArrayList<>();
        Map<String, String> conditions = Map.of();
        try (ResultLines lines = ResultLines.open(path)) {
            for (Optional<ResultLines.Line> line = lines.next(); line.isPresent(); line = lines.next()) {
                if (line.get().type() == LineType.MEASUREMENT) {
                    Measurement measured = lines.as(Measurement.class, line.get());
                    conditions = measured.metric() == Metric.TELEMETRY_COVERAGE ? measured.conditions() : conditions;
                } else if (line.get().type() == LineType.TELEMETRY) {
                    windows.add(new TelemetryWindow(conditions, finite(lines, lines.as(Telemetry.class, line.get()))));
                    conditions = Map.of();
                }
            }
        }
        return windows;
    }

    /**
     * The whole lines that an unfinished {@code .part} file holds, as they stand there: evidence for a person, never read for
     * a verdict.
     */
    public static List<String> partial(Path part) {
        try {
            if (!Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS) || Files.size(part) > ResultLines.MAX_BYTES) {
                throw new ResultException("partial result " + part + " is missing, not a regular file or beyond "
                        + ResultLines.MAX_BYTES + " bytes");
            }
            byte[] bytes;
            try (var in = Files.newInputStream(part, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
                bytes = in.readNBytes((int) ResultLines.MAX_BYTES);
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new ResultException("partial result " + part + " cannot be read: " + e, e);
        }
    }

    private static Telemetry finite(ResultLines lines, Telemetry telemetry) {
        boolean finite = telemetry.seconds().stream().allMatch(Double::isFinite)
                && telemetry.columns().values().stream().flatMap(List::stream).allMatch(Double::isFinite);
        if (!finite) {
            throw lines.refuse("has telemetry that is not finite");
        }
        return telemetry;
    }

    /** What the lines so far add up to. */
    private static final class Collected {
        private final ResultLines lines;
        private Optional<Header> header = Optional.empty();
        private Optional<DeviceIdentity> device = Optional.empty();
        private Optional<Failure> failure = Optional.empty();
        private final List<Measurement> measurements = new ArrayList<>();
        private final List<Check> checks = new ArrayList<>();
        private final List<Digest> digests = new ArrayList<>();
        private final Map<String, String> refusals = new TreeMap<>();

        Collected(ResultLines lines) {
            this.lines = lines;
        }

        Header header() {
            return header.orElseThrow(() -> lines.refuse("has no header"));
        }

        void add(ResultLines.Line line) {
            if (failure.isPresent()) {
                throw lines.refuse("goes on after its failure, in line " + line.number());
            }
            switch (line.type()) {
                case HEADER -> header = Optional.of(lines.as(Header.class, line));
                case DEVICE -> device = Optional.of(onlyDevice(line));
                case MEASUREMENT -> measurements.add(measured(line));
                case CHECK -> checks.add(checked(line));
                case DIGEST -> digests.add(lines.as(Digest.class, line));
                case FAILURE -> failure = Optional.of(lines.as(Failure.class, line));
                case TELEMETRY ->
                    finite(lines, lines.as(Telemetry.class, line))
                            .unavailable()
                            .forEach((metric, reason) -> refusals.putIfAbsent(metric.key(), reason));
                case UNAVAILABLE ->
                    lines.as(Unavailable.class, line)
                            .reasons()
                            .forEach((metric, reason) -> refusals.putIfAbsent(metric.key(), reason));
                case PHASE -> lines.skip(line);
                case END -> throw new IllegalStateException("an end line is never handed out");
            }
        }

        RankResult result() {
            if (device.isEmpty()) {
                throw lines.refuse(
                        failure.map(f -> "failed in phase " + f.phase() + " before its device was open: " + f.message())
                                .orElse("has no device line"));
            }
            return new RankResult(header(), device.get().withFacts(refusals), measurements, checks, digests, failure);
        }

        private DeviceIdentity onlyDevice(ResultLines.Line line) {
            DeviceIdentity found = lines.as(DeviceIdentity.class, line);
            boolean sane = device.isEmpty()
                    && found.memoryBytes() >= 0
                    && found.multiprocessors() >= 0
                    && Double.isFinite(found.maxSmClockMhz())
                    && found.maxSmClockMhz() >= 0;
            if (!sane) {
                throw lines.refuse("must have one device with memory, multiprocessors and clock ≥ 0, got line "
                        + line.number() + ": " + found);
            }
            return found;
        }

        private Measurement measured(ResultLines.Line line) {
            Measurement found = lines.as(Measurement.class, line);
            String key = found.metric().key();
            // The judge computes these; a file that brings one is not a worker's.
            if (found.metric().kind() == MetricKind.DERIVED) {
                throw lines.refuse("has " + key + " in line " + line.number() + ", which no worker measures");
            }
            if (!found.metric().mayBeNegative() && found.samples().stream().anyMatch(sample -> sample < 0)) {
                throw lines.refuse("has a negative sample of " + key + " in line " + line.number());
            }
            return found;
        }

        private Check checked(ResultLines.Line line) {
            Check found = lines.as(Check.class, line);
            if (!Double.isFinite(found.worst()) || found.worst() < 0) {
                throw lines.refuse("must have a finite worst deviation ≥ 0 in check " + found.name() + ", got "
                        + found.worst() + " in line " + line.number());
            }
            return found;
        }
    }
}
