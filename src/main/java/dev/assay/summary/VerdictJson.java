package dev.assay.summary;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code verdict.json}: the conclusion for machines, as {@code verdict.schema.json} beside this class describes it. The same
 * conclusion gives the same bytes on every JDK: key order is fixed, the time of judging is not in it, and doubles are written
 * by Jackson's own shortest form, because {@code Double.toString} changed with JDK 19.
 */
public final class VerdictJson {
    /** Raised with every change that an old reader would misread. */
    public static final int SCHEMA = 1;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private VerdictJson() {}

    /** Written beside and renamed: a reader sees a whole file or none. */
    public static void write(Path file, Conclusion conclusion) {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(beside, text(conclusion), StandardCharsets.UTF_8);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "writing the verdicts of run " + conclusion.runId() + " to " + file + " failed: " + e.getMessage()
                            + "; check the disk, then judge the run folder again with -Drun=",
                    e);
        }
    }

    static String text(Conclusion conclusion) {
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        ObjectWriter writer = JSON.writer(
                new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent));
        try {
            return writer.writeValueAsString(new ConclusionTree(JSON).of(conclusion)) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException("writing the verdicts of run " + conclusion.runId() + " as JSON", e);
        }
    }

    /**
     * What the gate needs of a file.
     *
     * @throws IOException where there is no file or it is not what the schema says, with what was found and expected
     */
    public static VerdictFile read(Path file) throws IOException {
        JsonNode root = JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
        return VerdictFile.of(root);
    }
}
