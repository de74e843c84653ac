package dev.assay.summary;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Every attempt, in {@code ledger.ndjson} in the assay home: a line when it begins and a line when it concludes, each locked
 * and synced. Nobody can run until it passes and show the last run alone: an attempt that began and never concluded stays
 * visible, and so does a line that cannot be read.
 */
public final class Ledger {
    /** A file lock belongs to the whole JVM, so its threads need one of their own. */
    private static final ReentrantLock THREADS = new ReentrantLock();

    private final Path file;
    private final ObjectMapper json = new ObjectMapper();

    public Ledger(Path assayHome) {
        this.file = assayHome.resolve("ledger.ndjson");
    }

    /** To be called before the first job is submitted. */
    public void begin(String runId, String startedAt, String cluster, List<Integer> nodeCounts) {
        ObjectNode line = json.createObjectNode();
        line.put("event", "begin").put("run", runId).put("startedAt", startedAt).put("cluster", cluster);
        line.putPOJO("nodeCounts", nodeCounts);
        append(line);
    }

    /**
     * To be called when the run has its decision, or is cancelled in order.
     *
     * @param outcome the decision's words
     */
    public void conclude(String runId, String outcome, String reason) {
        append(json.createObjectNode()
                .put("event", "conclude")
                .put("run", runId)
                .put("outcome", outcome)
                .put("reason", reason));
    }

    /** All attempts, oldest first. A run that concluded more than once shows each of its outcomes. */
    public List<Attempt> attempts() {
        Map<String, Attempt> attempts = new LinkedHashMap<>();
        for (String line : lines()) {
            event(line).ifPresent(event -> enter(attempts, event));
        }
        return List.copyOf(attempts.values());
    }

    /** The attempts at this cluster that began before this run did; all of them where the run is not in the ledger. */
    public List<Attempt> before(String runId, String cluster) {
        return attempts().stream()
                .takeWhile(attempt -> !attempt.runId().equals(runId))
                .filter(attempt -> attempt.cluster().equals(cluster))
                .toList();
    }

    /** Lines that cannot be read, as warnings: an attempt may hide in each. */
    public List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        int number = 0;
        for (String line : lines()) {
            number++;
            if (!line.isBlank() && event(line).isEmpty()) {
                troubles.add("The ledger of attempts, " + file.getFileName() + ", cannot be read at line " + number
                        + ": an attempt may be missing from the list.");
            }
        }
        return troubles;
    }

    private static void enter(Map<String, Attempt> attempts, JsonNode event) {
        String run = event.path("run").asText();
        if (event.path("event").asText().equals("begin")) {
            List<Integer> counts = new ArrayList<>();
            event.path("nodeCounts").forEach(count -> counts.add(count.asInt()));
            attempts.putIfAbsent(
                    run,
                    new Attempt(
                            run,
                            event.path("startedAt").asText(),
                            event.path("cluster").asText(),
                            counts,
                            Attempt.ABORTED,
                            "began and never concluded, or still runs"));
        } else {
            attempts.computeIfPresent(run, (id, attempt) -> concluded(attempt, event));
        }
    }

    private static Attempt concluded(Attempt attempt, JsonNode event) {
        String outcome = event.path("outcome").asText();
        return new Attempt(
                attempt.runId(),
                attempt.startedAt(),
                attempt.cluster(),
                attempt.nodeCounts(),
                attempt.outcome().equals(Attempt.ABORTED) ? outcome : attempt.outcome() + ", then " + outcome,
                event.path("reason").asText());
    }

    private Optional<JsonNode> event(String line) {
        try {
            JsonNode event = json.readTree(line);
            String kind = event.path("event").asText();
            boolean whole = event.path("run").isTextual() && (kind.equals("begin") || kind.equals("conclude"));
            return whole ? Optional.of(event) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private List<String> lines() {
        try {
            if (!Files.exists(file)) {
                return List.of();
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("reading the ledger of attempts " + file + ": " + e.getMessage(), e);
        }
    }

    private void append(ObjectNode line) {
        THREADS.lock();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (FileChannel channel = FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                String start = endsTorn(channel) ? "\n" : "";
                ByteBuffer bytes = StandardCharsets.UTF_8.encode(start + json.writeValueAsString(line) + "\n");
                channel.position(channel.size());
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "entering run " + line.path("run").asText() + " in the ledger of attempts " + file + ": "
                            + e.getMessage() + "; the assay home must be writable, -Dassay.home= moves it",
                    e);
        } finally {
            THREADS.unlock();
        }
    }

    private static boolean endsTorn(FileChannel channel) throws IOException {
        if (channel.size() == 0) {
            return false;
        }
        ByteBuffer last = ByteBuffer.allocate(1);
        channel.read(last, channel.size() - 1);
        return last.get(0) != '\n';
    }
}
