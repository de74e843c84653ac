package dev.assay.deepspeed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import dev.assay.cluster.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DeepSpeed reads its files as Hjson. Of that, taken is what files in the wild use: comments ({@code //}, {@code /* *}{@code
 * /}, {@code #}), trailing commas, names without quotes, single quotes. Refused, with the line: text without quotes, {@code
 * '''} blocks, commas left out, the outer braces left out. A key that stands twice in its object is an error, as it is to
 * DeepSpeed.
 */
final class ConfigText {
    private static final int MAX_DEPTH = 64;

    private static final String DIALECT = "JSON, which may have comments (//, /* */, #), trailing commas, names without"
            + " quotes and single quotes; of Hjson no text without quotes, no ''' blocks, no missing commas or outer"
            + " braces";

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
            .enable(JsonReadFeature.ALLOW_YAML_COMMENTS)
            .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private final String doing;
    private final JsonParser parser;

    private ConfigText(String doing, JsonParser parser) {
        this.doing = doing;
        this.parser = parser;
    }

    /** @param doing the first part of error messages, e.g. {@code Reading the DeepSpeed config my.json} */
    static Node parse(String doing, String text) {
        if (text.startsWith("version https://git-lfs")) {
            throw new InputException(
                    doing,
                    "a pointer of Git LFS, not the file",
                    "the config's own text",
                    "fetch it with: git lfs pull");
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            return new ConfigText(doing, parser).whole();
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new InputException(
                    doing + ", line " + line,
                    "no valid text: " + e.getOriginalMessage(),
                    DIALECT,
                    "correct the syntax on this line or just before it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Node whole() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new InputException(
                    doing + ", line " + line(),
                    parser.currentToken() == null ? "nothing" : "no object at the start",
                    "one object { … }; " + DIALECT,
                    "put the keys between braces");
        }
        Node root = node("");
        if (parser.nextToken() != null) {
            throw new InputException(
                    doing + ", line " + line(),
                    "more text after the end of the object",
                    "one object { … }",
                    "remove what follows the closing brace");
        }
        return root;
    }

    private Node node(String path) throws IOException {
        int line = line();
        Object value = switch (parser.currentToken()) {
            case START_OBJECT -> object(path);
            case START_ARRAY -> array(path);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(path, line);
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> Node.Nothing.NULL;
        };
        return new Node(path, line, Origin.FILE, value);
    }

    private Object number(String path, int line) throws IOException {
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException | ArithmeticException e) {
            throw new InputException(
                    doing + ", line " + line + ", " + path,
                    "a number with an exponent beyond all bounds",
                    "a number",
                    "write it shorter");
        }
    }

    private Map<String, Node> object(String path) throws IOException {
        Map<String, Node> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String below = Node.below(path, key);
            int line = line();
            parser.nextToken();
            Node earlier = fields.put(key, node(below));
            if (earlier != null) {
                throw new InputException(
                        doing + ", line " + line + ", " + below,
                        "the key twice, first on line " + earlier.line(),
                        "every key once in its object; DeepSpeed rejects duplicates, too",
                        "remove one of the two");
            }
        }
        return fields;
    }

    private List<Node> array(String path) throws IOException {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(path + "[" + items.size() + "]"));
        }
        return items;
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }
}
