package dev.assay.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The text of files that people wrote and of those in the jar. */
public final class InputText {
    /** A file of settings that is larger is none. */
    private static final long MOST_BYTES = 4L << 20;

    private InputText() {}

    /**
     * @param kind what the file is, e.g. {@code cluster file}
     * @param otherwise what else could have been named, for the error
     */
    public static String file(String kind, String name, String otherwise) {
        String doing = "Reading the " + kind + " \"" + name.replaceAll("\\p{Cntrl}", "?") + "\"";
        String valid = "the path of a readable JSON file; " + otherwise;
        try {
            Path path = Path.of(name);
            if (!Files.isRegularFile(path)) {
                throw new InputException(
                        doing,
                        "no file " + path.toAbsolutePath(),
                        valid,
                        "correct the name; paths are relative to " + Path.of("").toAbsolutePath());
            }
            if (Files.size(path) > MOST_BYTES) {
                throw new InputException(
                        doing, Files.size(path) + " bytes", "at most " + MOST_BYTES + " bytes", "name another file");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new InputException(doing, "bytes that are no UTF-8", "UTF-8 text", "save the file as UTF-8");
        } catch (InvalidPathException | IOException e) {
            throw new InputException(doing, e.toString(), valid, "make the file readable");
        }
    }

    /** @param resource absolute name, packed with the suite */
    public static String resource(String resource) {
        try (InputStream stream = InputText.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("the suite's jar lacks " + resource + "; build it again");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
