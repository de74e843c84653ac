package dev.assay.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How one rank ended, as {@code rank.sh} around it saw it. Slurm's own word is 143 for every rank once one has failed.
 *
 * @param code exit status, 128 + signal where a signal ended it
 * @param signal e.g. {@code SIGKILL}; empty: none
 * @param hung the outermost guard ended it
 * @param endNanos wall clock of the rank's host, since 1970
 */
record ExitMarker(
        @JsonProperty(required = true) int rank,
        @JsonProperty(required = true) int code,
        @JsonProperty(required = true) String signal,
        @JsonProperty(required = true) boolean hung,
        @JsonProperty(required = true) String host,
        @JsonProperty(required = true) long endNanos) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TERMINATED = 143;

    /** The marker of this rank; empty while there is none, or none that can be read. */
    static Optional<ExitMarker> read(Path file, int rank) {
        String text = Text.content(file);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(text, ExitMarker.class)).filter(marker -> marker.rank == rank);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    boolean failed() {
        return code != 0;
    }

    /** Failed by itself. Whoever was sent SIGTERM was ended because another rank, or the job, came to grief. */
    boolean suspect() {
        return failed() && code != TERMINATED;
    }

    String words() {
        if (hung) {
            return "hung: ended by force when its time was up";
        }
        return signal.isEmpty() ? "exited with " + code : "killed by " + signal + " (" + code + ")";
    }
}
