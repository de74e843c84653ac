package dev.assay.worker;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who this process is, as its launcher says through {@code ASSAY_*} variables.
 *
 * @param spec what to run; results go beside it
 * @param gpu ordinal of the device as the driver counts here
 * @param secretFile shared by the ranks of the run; a rank that runs by itself needs none
 * @param canary a file of the run folder that must be readable: proof that the folder is shared
 */
public record RankEnvironment(
        Path spec, int rank, int localRank, String node, int gpu, Optional<Path> secretFile, Optional<Path> canary) {
    /** @throws WorkerException if a variable is missing or malformed; names it */
    public static RankEnvironment fromEnvironment(Map<String, String> variables) {
        int localRank = integer(variables, "ASSAY_LOCAL_RANK");
        return new RankEnvironment(
                Path.of(text(variables, "ASSAY_SPEC")),
                integer(variables, "ASSAY_RANK"),
                localRank,
                text(variables, "ASSAY_NODE"),
                variables.containsKey("ASSAY_GPU") ? integer(variables, "ASSAY_GPU") : localRank,
                Optional.of(Path.of(text(variables, "ASSAY_SECRET_FILE"))),
                Optional.of(Path.of(text(variables, "ASSAY_CANARY"))));
    }

    /** Run by hand: the only rank, on the first device. */
    public static RankEnvironment alone(Path spec, String node, OptionalInt gpu) {
        return new RankEnvironment(spec, 0, 0, node, gpu.orElse(0), Optional.empty(), Optional.empty());
    }

    /** The launch's folder. */
    Path folder() {
        return spec.toAbsolutePath().resolveSibling(".").normalize();
    }

    Path result() {
        return folder().resolve("rank-" + rank + ".ndjson");
    }

    Path phase() {
        return folder().resolve("rank-" + rank + ".phase");
    }

    /** JMH's own result, kept as evidence. */
    Path benchmarks() {
        return folder().resolve("rank-" + rank + ".jmh.json");
    }

    Path benchmarkLog() {
        return folder().resolve("rank-" + rank + ".jmh.log");
    }

    /** How messages name this rank. */
    String words() {
        return "rank " + rank + " (" + node + ")";
    }

    private static String text(Map<String, String> variables, String name) {
        String value = variables.getOrDefault(name, "");
        if (value.isBlank()) {
            throw new WorkerException("reading the worker's environment: " + name
                    + " must be set by the launcher, got nothing; to run one spec by hand: assay-worker SPEC");
        }
        return value;
    }

    private static int integer(Map<String, String> variables, String name) {
        String value = text(variables, name);
        try {
            int number = Integer.parseInt(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new WorkerException(notANumber(name, value), e);
        }
        throw new WorkerException(notANumber(name, value));
    }

    private static String notANumber(String name, String value) {
        return "reading the worker's environment: " + name + " must be a whole number ≥ 0, got \"" + value
                + "\"; look at the launcher's environment file";
    }
}
