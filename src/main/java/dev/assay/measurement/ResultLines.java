package dev.assay.measurement;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Optional;

/** The lines of a sealed result file, one at a time; checks the seal on the way, so reading to the end is the proof. */
final class ResultLines implements AutoCloseable {
    /** A longer file is no result of ours. */
    static final long MAX_BYTES = 64L << 20;

    private final Path path;
    private final InputStream in;
    private final MessageDigest digest = Sha256.start();
    private long bytes;
    private int number;

    private ResultLines(Path path, InputStream in) {
        this.path = path;
        this.in = in;
    }

    /** One line: its type is known, its content not yet looked at. */
    record Line(int number, LineType type, String json) {}

    static ResultLines open(Path path) {
        try {
            BasicFileAttributes file = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (file.isSymbolicLink()) {
                throw refuse(path, "is a symbolic link; a result must be a regular file");
            }
            if (!file.isRegularFile()) {
                throw refuse(path, "is not a regular file");
            }
            if (file.size() == 0) {
                throw refuse(path, "is empty");
            }
            if (file.size() > MAX_BYTES) {
                throw refuse(path, "must be at most " + MAX_BYTES + " bytes, got " + file.size());
            }
            return new ResultLines(
                    path,
                    new BufferedInputStream(
                            Files.newInputStream(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS), 1 << 16));
        } catch (NoSuchFileException e) {
            throw new ResultException("result " + path + " is missing", e);
        } catch (IOException e) {
            throw new ResultException("result " + path + " cannot be read: " + e, e);
        }
    }

    /** The next line before the end line; empty once the end line has been found and its seal is right. */
    Optional<Line> next() {
        byte[] raw = wholeLine()
                .orElseThrow(() -> refuse(
                        number == 0
                                ? "is truncated within its first line"
                                : "is truncated after line " + number + ": no end line"));
        number++;
        String json = new String(raw, StandardCharsets.UTF_8);
        LineType type = typeOf(json);
        if ((number == 1) != (type == LineType.HEADER)) {
            throw refuse("must have its header in line 1 and nowhere else, got " + type.key() + " in line " + number);
        }
        if (type == LineType.END) {
            checkSeal(json);
            return Optional.empty();
        }
        digest.update(raw);
        digest.update((byte) '\n');
        return Optional.of(new Line(number, type, json));
    }

    /** The line as a record, every key known and none missing. */
    <T> T as(Class<T> type, Line line) {
        return parse(type, line.json(), line.number());
    }

    /** Looks at a line's syntax and keeps nothing of it. */
    void skip(Line line) {
        try (JsonParser parser = StrictJson.mapper().createParser(line.json())) {
            parser.nextToken();
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw refuse("has more than one object in line " + line.number());
            }
        } catch (IOException e) {
            throw malformed(line.number(), e);
        }
    }

    ResultException refuse(String what) {
        return refuse(path, what);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new ResultException("result " + path + " cannot be closed: " + e, e);
        }
    }

    private void checkSeal(String json) {
        EndLine end = parse(EndLine.class, json, number);
        if (end.lines() != number - 1) {
            throw refuse("is truncated: its end line counts " + end.lines() + " lines, there are " + (number - 1));
        }
        String found = Sha256.hex(digest);
        if (!found.equals(end.sha256())) {
            throw refuse("is truncated or altered: its SHA-256 is " + found + ", its end line says " + end.sha256());
        }
        try {
            if (in.read() >= 0) {
                throw refuse("goes on after its end line");
            }
        } catch (IOException e) {
            throw new ResultException("result " + path + " cannot be read: " + e, e);
        }
    }

    private <T> T parse(Class<T> type, String json, int line) {
        try {
            if (!(StrictJson.mapper().readTree(json) instanceof ObjectNode object)) {
                throw refuse("must have one JSON object in line " + line);
            }
            object.remove("type");
            return StrictJson.mapper().treeToValue(object, type);
        } catch (IOException e) {
            throw malformed(line, e);
        }
    }

    private LineType typeOf(String json) {
        try (JsonParser parser = StrictJson.mapper().createParser(json)) {
            boolean typed = parser.nextToken() == JsonToken.START_OBJECT
                    && "type".equals(parser.nextFieldName())
                    && parser.nextToken() == JsonToken.VALUE_STRING;
            if (!typed) {
                throw refuse("must have an object with \"type\" as its first key in line " + number);
            }
            String key = parser.getText();
            return LineType.of(key)
                    .orElseThrow(() -> refuse("has unknown type \"" + key + "\" in line " + number + "; valid types: "
                            + LineType.keys()));
        } catch (IOException e) {
            throw malformed(number, e);
        }
    }

    private Optional<byte[]> wholeLine() {
        try {
            ByteArrayOutputStream line = new ByteArrayOutputStream(512);
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (++bytes > MAX_BYTES) {
                    throw refuse("must be at most " + MAX_BYTES + " bytes, but has grown beyond");
                }
                if (next == '\n') {
                    return Optional.of(line.toByteArray());
                }
                line.write(next);
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new ResultException("result " + path + " cannot be read: " + e, e);
        }
    }

    private ResultException malformed(int line, IOException cause) {
        return new ResultException(
                "result " + path + " is malformed in line " + line + ": " + cause.getMessage(), cause);
    }

    private static ResultException refuse(Path path, String what) {
        return new ResultException("result " + path + " " + what);
    }
}
