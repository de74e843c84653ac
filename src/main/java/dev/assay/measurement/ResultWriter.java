package dev.assay.measurement;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes one rank's results as they come: one JSON object a line, each line on disk before the call returns, so that whatever
 * befalls the rank later cannot take it away. The file is called {@code rank-N.ndjson.part} until {@link #finish()} or
 * {@link #failed} seals it with its line count and SHA-256 and renames it. Safe for the watchdog's thread beside the main one.
 */
public final class ResultWriter implements AutoCloseable {
    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final MessageDigest digest = Sha256.start();
    private int lines;
    private boolean sealed;

    private ResultWriter(Path target, Path part, FileChannel channel) {
        this.target = target;
        this.part = part;
        this.channel = channel;
    }

    /**
     * Starts the file and writes its header.
     *
     * @param target the name it has when finished
     * @throws FileAlreadyExistsException if this rank has written here before: results are never overwritten
     */
    public static ResultWriter open(Path target, Header header) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(target.toString(), null, "this rank has already left a result");
        }
        Path part = partOf(target);
        FileChannel channel = FileChannel.open(
                part,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        ResultWriter writer = new ResultWriter(target, part, channel);
        writer.line(LineType.HEADER, header);
        return writer;
    }

    /** Where an unfinished result lies. */
    public static Path partOf(Path target) {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    public void write(DeviceIdentity device) {
        requireFinite("device.maxSmClockMhz", device.maxSmClockMhz());
        line(LineType.DEVICE, device);
    }

    public void write(Measurement measurement) {
        line(LineType.MEASUREMENT, measurement);
    }

    public void write(Check check) {
        requireFinite("check " + check.name() + " worst", check.worst());
        line(LineType.CHECK, check);
    }

    public void write(Digest digest) {
        line(LineType.DIGEST, digest);
    }

    public void write(Telemetry telemetry) {
        telemetry.seconds().forEach(seconds -> requireFinite("telemetry seconds", seconds));
        for (Map.Entry<Metric, List<Double>> column : telemetry.columns().entrySet()) {
            column.getValue()
                    .forEach(value ->
                            requireFinite("telemetry " + column.getKey().key(), value));
        }
        line(LineType.TELEMETRY, telemetry);
    }

    public void write(Unavailable unavailable) {
        line(LineType.UNAVAILABLE, unavailable);
    }

    /** Notes that a phase began. */
    public void phase(String name, double seconds) {
        line(LineType.PHASE, new PhaseLine(name, seconds));
    }

    /** Keeps what was measured so far and seals it together with the reason why there is no more. */
    public synchronized void failed(Failure failure) {
        line(LineType.FAILURE, failure);
        finish();
    }

    /** Seals the file and gives it its name. */
    public synchronized void finish() {
        line(LineType.END, new EndLine(lines, Sha256.hex(digest)));
        sealed = true;
        try {
            channel.close();
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel folder =
                    FileChannel.open(target.toAbsolutePath().resolveSibling("."), StandardOpenOption.READ)) {
                folder.force(true);
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Whether {@link #finish()} or {@link #failed} has sealed the file. */
    public synchronized boolean isSealed() {
        return sealed;
    }

    /** Leaves an unfinished file as {@code .part}. */
    @Override
    public synchronized void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private synchronized void line(LineType type, Object content) {
        if (sealed) {
            throw new IllegalStateException("writing a " + type.key() + " line to " + target
                    + ": the file is sealed; a rank writes nothing after its end");
        }
        byte[] bytes = json(type, content);
        digest.update(bytes);
        lines++;
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(false);
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    private static byte[] json(LineType type, Object content) {
        ObjectNode object = StrictJson.mapper().createObjectNode().put("type", type.key());
        ObjectNode fields = StrictJson.mapper().valueToTree(content);
        object.setAll(fields);
        try {
            return (StrictJson.mapper().writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a " + type.key() + " line must be writable as JSON", e);
        }
    }

    private static void requireFinite(String name, double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(name + " must be finite, got " + value);
        }
    }

    private UncheckedIOException cannotWrite(IOException cause) {
        return new UncheckedIOException(
                "writing results to " + part + ": " + cause + "; check space, quota and the shared file system", cause);
    }
}
