package dev.assay.summary;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the gate reads of a {@code verdict.json}.
 *
 * @param wholeSuite no part of the suite was left out; a file that does not speak of it left none out
 * @param wholeInventory the whole suite ran, and its largest node count was every node of the cluster file
 * @param sharedHost several "nodes" share one host: never ACCEPTED
 * @param reference the reference device: proves the suite, not a cluster
 */
public record VerdictFile(
        String runId,
        Decision decision,
        boolean wholeSuite,
        boolean wholeInventory,
        boolean sharedHost,
        boolean reference,
        List<Line> verdicts) {
    /**
     * One verdict.
     *
     * @param evidenced it has a value, and every unit that must have one is covered
     */
    public record Line(String key, State state, boolean evidenced) {}

    public VerdictFile {
        verdicts = List.copyOf(verdicts);
    }

    static VerdictFile of(JsonNode root) throws IOException {
        int schema = required(root, "schema", JsonNode::isInt, "a number").asInt();
        if (schema != VerdictJson.SCHEMA) {
            throw new IOException("schema must be " + VerdictJson.SCHEMA + ", found " + schema);
        }
        JsonNode cluster = required(root, "cluster", JsonNode::isObject, "an object");
        JsonNode plan = required(root, "plan", JsonNode::isObject, "an object");
        List<Line> lines = new ArrayList<>();
        for (JsonNode verdict : required(root, "verdicts", JsonNode::isArray, "an array")) {
            lines.add(line(verdict));
        }
        return new VerdictFile(
                text(root, "run"),
                decision(text(root, "decision")),
                !plan.has("wholeSuite") || flag(plan, "wholeSuite"),
                flag(plan, "wholeInventory"),
                flag(cluster, "sharedHost"),
                text(cluster, "device").equals("reference"),
                lines);
    }

    private static Line line(JsonNode verdict) throws IOException {
        JsonNode coverage = required(verdict, "coverage", JsonNode::isObject, "an object");
        int measured =
                required(coverage, "measured", JsonNode::isInt, "a number").asInt();
        int expected =
                required(coverage, "expected", JsonNode::isInt, "a number").asInt();
        boolean evidenced = verdict.path("value").isNumber() && expected > 0 && measured == expected;
        return new Line(text(verdict, "key"), state(text(verdict, "state")), evidenced);
    }

    private static Decision decision(String words) throws IOException {
        for (Decision decision : Decision.values()) {
            if (decision.words().equals(words)) {
                return decision;
            }
        }
        throw new IOException("unknown decision \"" + Clean.text(words) + "\"; known: "
                + String.join(
                        ", ",
                        Arrays.stream(Decision.values()).map(Decision::words).toList()));
    }

    private static State state(String name) throws IOException {
        for (State state : State.values()) {
            if (state.name().equals(name)) {
                return state;
            }
        }
        throw new IOException("unknown state \"" + Clean.text(name) + "\"; known: " + Arrays.toString(State.values()));
    }

    private static String text(JsonNode node, String key) throws IOException {
        return required(node, key, JsonNode::isTextual, "a string").asText();
    }

    private static boolean flag(JsonNode node, String key) throws IOException {
        return required(node, key, JsonNode::isBoolean, "true or false").asBoolean();
    }

    private static JsonNode required(JsonNode node, String key, Predicate<JsonNode> is, String what)
            throws IOException {
        JsonNode value = node.path(key);
        if (!is.test(value)) {
            throw new IOException(
                    key + " must be " + what + ", found " + Clean.shorten(Clean.text(value.toString()), 60));
        }
        return value;
    }
}
