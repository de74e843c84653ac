package dev.assay.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.measurement.LaunchVariant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** {@code spec.json}: the only thing that the driver tells a worker. Strict, so that two versions never mix unnoticed. */
public final class SpecFile {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private SpecFile() {}

    /** @throws IllegalArgumentException where the content is no spec of this version; the message names file and property */
    public static Spec read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read spec " + file + ": " + e, e);
        }
    }

    /** Complete or not at all: a worker on another host never sees half a spec. */
    public static void write(Path file, Spec spec) {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        try {
            Files.write(partial, text(spec).getBytes(StandardCharsets.UTF_8));
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write spec " + file + ": " + e, e);
        }
    }

    static String text(Spec spec) {
        try {
            return MAPPER.writeValueAsString(spec) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a spec always has a JSON form", e);
        }
    }

    static Spec parse(String text, String source) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            int schema = tree.path("schema").asInt(0);
            if (schema != Spec.SCHEMA) {
                throw new IllegalArgumentException(
                        "reading spec " + source + ": schema " + schema + ", this worker reads " + Spec.SCHEMA
                                + "; driver and worker must come from the same build of Assay");
            }
            allowNoVariant(tree);
            allowNoReuse(tree.path("workload"));
            return MAPPER.treeToValue(tree, Spec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("reading spec " + source + ": " + e.getMessage(), e);
        }
    }

    /** A launch, or a spec, of the default variant is written without it. Here, as workers lack what {@link PlanJson} needs. */
    static void allowNoVariant(JsonNode launch) {
        if (launch instanceof ObjectNode object && !object.has("variant")) {
            object.put("variant", LaunchVariant.DEFAULT.key());
        }
    }

    /** Training that keeps nothing gathered is written without it, as it was before any did. */
    static void allowNoReuse(JsonNode workload) {
        if (workload.path("setup").path("zero") instanceof ObjectNode zero && !zero.has("maxReuse")) {
            zero.put("maxReuse", 0);
        }
    }
}
