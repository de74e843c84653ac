package dev.assay.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * What the run was about to do and what came of it: one JSON object a line, each synced to disk before the next step, each with
 * a CRC-32 of the text before it. A power cut can tear the last line only; nothing that was acknowledged is lost.
 */
public final class Journal {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LINE = Pattern.compile("(\\{.*),\"crc\":\"([0-9a-f]{8})\"}");

    private final Path file;

    public Journal(Path file) {
        this.file = file;
    }

    /** @param details in the order given, after time and event */
    public record Entry(String time, String event, Map<String, String> details) {
        public Entry {
            details = Map.copyOf(details);
        }

        public Optional<String> detail(String name) {
            return Optional.ofNullable(details.get(name));
        }
    }

    /** Returns when the line is on disk. */
    public synchronized void append(String event, Map<String, String> details) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("time", Instant.now().toString());
        fields.put("event", event);
        fields.putAll(details);
        try {
            cutTornTail();
            boolean fresh = !Files.exists(file);
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
                ByteBuffer bytes = ByteBuffer.wrap(
                        (seal(JSON.writeValueAsString(fields)) + "\n").getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            if (fresh) {
                syncFolder();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the journal " + file, e);
        }
    }

    /** Every whole line. A torn last line was never acknowledged and is left out; a bad line before it is an error. */
    public static List<Entry> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            // A tear may cut a character in two: whatever stands there then, its CRC does not fit.
            return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the journal " + file, e);
        }
    }

    static List<Entry> parse(String text, String name) {
        List<Entry> entries = new ArrayList<>();
        int number = 0;
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            number++;
            int at = number;
            entries.add(
                    open(line)
                            .orElseThrow(
                                    () -> new JobException(
                                            "journal " + name + ", line " + at
                                                    + ": must be a JSON object whose CRC fits, got a damaged line; the run cannot be continued from it")));
        }
        return List.copyOf(entries);
    }

    private static String seal(String object) {
        return object.substring(0, object.length() - 1) + ",\"crc\":\"" + crc(object) + "\"}";
    }

    private static Optional<Entry> open(String line) {
        Matcher sealed = LINE.matcher(line);
        if (!sealed.matches() || !crc(sealed.group(1) + "}").equals(sealed.group(2))) {
            return Optional.empty();
        }
        try {
            Map<String, String> fields =
                    JSON.readValue(sealed.group(1) + "}", new TypeReference<LinkedHashMap<String, String>>() {});
            String time = fields.remove("time");
            String event = fields.remove("event");
            return time == null || event == null ? Optional.empty() : Optional.of(new Entry(time, event, fields));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static String crc(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format("%08x", crc.getValue());
    }

    /** What a crash left of its last line would otherwise run into the next one. */
    private void cutTornTail() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            long end = access.length();
            while (end > 0) {
                access.seek(end - 1);
                if (access.read() == '\n') {
                    break;
                }
                end--;
            }
            if (end < access.length()) {
                access.setLength(end);
            }
        }
    }

    private void syncFolder() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
