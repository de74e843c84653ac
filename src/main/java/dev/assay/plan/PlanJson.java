package dev.assay.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.assay.cluster.InputException;
import dev.assay.measurement.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code plan.json}: what a run was to do, so that it can be judged again; and the hash that ties results to it. */
public final class PlanJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .build();

    private PlanJson() {}

    /** Indented, one final newline. */
    public static String text(Plan plan) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(plan) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a plan always has a JSON form", e);
        }
    }

    public static void write(Path file, Plan plan) {
        try {
            Files.writeString(file, text(plan));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the plan " + file + ": " + e, e);
        }
    }

    /** @throws InputException where the file is no plan of this version */
    public static Plan read(Path file) {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new InputException(
                    "Reading the plan of a recorded run",
                    "no readable file " + file,
                    "the plan.json that every run folder holds",
                    "check the run folder's path (-Drun)");
        }
    }

    static Plan parse(String text, String source) {
        try {
            JsonNode tree = MAPPER.readTree(text);
            tree.path("rows").forEach(row -> allowAnyCondition(row.path("criterion")));
            for (String part : List.of("experiments", "extension")) {
                tree.path(part).forEach(experiment -> {
                    experiment.path("launches").forEach(SpecFile::allowNoVariant);
                    SpecFile.allowNoReuse(experiment.path("workload"));
                    allowAbsent(experiment, "notRunnable");
                });
            }
            allowAbsent(tree, "selection");
            allowAbsent(tree, "training");
            if (tree.path("training") instanceof ObjectNode training && !training.has("configs")) {
                training.putArray("configs");
            }
            allowAbsent(tree.path("gpuModel"), "memoryGBps");
            allowAbsent(tree.path("cluster").path("nics"), "gpuDirect");
            if (tree.path("gpuModel") instanceof ObjectNode model && !model.has("precisions")) {
                model.putArray("precisions");
            }
            return MAPPER.treeToValue(tree, Plan.class);
        } catch (JsonProcessingException e) {
            throw new InputException(
                    "Reading the plan " + source,
                    e.getOriginalMessage(),
                    "a plan.json written by this version of Assay",
                    "judge the run by the version that recorded it");
        }
    }

    /** What is absent is not written, nor did plans have it that were written before there was such a thing. */
    private static void allowAbsent(JsonNode node, String key) {
        if (node instanceof ObjectNode object && !object.has(key)) {
            object.putNull(key);
        }
    }

    /** A criterion without conditions is written without them. */
    private static void allowAnyCondition(JsonNode criterion) {
        if (criterion instanceof ObjectNode object && !object.has("conditions")) {
            object.putObject("conditions");
        }
    }

    /** SHA-256 over the plan's compact JSON with sorted maps, hex: equal for equal plans, however the file is indented. */
    public static String hash(Plan plan) {
        try {
            return Sha256.ofText(MAPPER.writeValueAsString(plan));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a plan always has a hash", e);
        }
    }
}
