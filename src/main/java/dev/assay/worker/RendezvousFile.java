package dev.assay.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.assay.measurement.StrictJson;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/**
 * Where rank 0 can be met: the content of {@code rendezvous.json}.
 *
 * @param addresses to be tried in order
 */
record RendezvousFile(int schema, String runId, String launch, String node, List<String> addresses, int port) {
    static final int SCHEMA = 1;

    RendezvousFile {
        addresses = List.copyOf(addresses);
    }

    /** Appears whole or not at all, and never twice. */
    void publish(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, StrictJson.mapper().writeValueAsString(this));
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString(), null, "this launch has been started before");
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What stands there; empty while nothing does. */
    static Optional<RendezvousFile> read(Path file, Meeting meeting) {
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
            RendezvousFile found = StrictJson.mapper().readValue(Files.readString(file), RendezvousFile.class);
            if (found.schema() != SCHEMA
                    || !found.runId().equals(meeting.runId())
                    || !found.launch().equals(meeting.launch())) {
                throw new WorkerException("meeting the others by " + file + ": it is of run " + found.runId()
                        + ", launch " + found.launch() + ", expected " + meeting.runId() + ", " + meeting.launch()
                        + "; every launch needs a folder of its own");
            }
            return Optional.of(found);
        } catch (JsonProcessingException e) {
            throw new WorkerException("meeting the others by " + file + ": malformed: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new WorkerException("meeting the others by " + file + ": " + e, e);
        }
    }
}
