package dev.assay.cluster;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From text to values that know where they stand; refuses what JSON allows and people mean otherwise: null, keys twice. */
final class InputJsonReader {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final String source;

    /** @param source as the error messages name it */
    InputJsonReader(String source) {
        this.source = source;
    }

    InputJson read(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new InputException("Reading " + source, "nothing", "one JSON object", "write the file");
            }
            InputJson root = read(parser, "");
            if (parser.nextToken() != null) {
                throw new InputException(
                        "Reading " + source + ", line " + lineOf(parser),
                        "more text after the end of the object",
                        "one JSON object",
                        "remove what follows the closing brace");
            }
            return root;
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new InputException(
                    "Reading " + source + ", line " + line,
                    "no valid JSON: " + e.getOriginalMessage(),
                    "JSON (RFC 8259)",
                    "correct the syntax on this line or just before it");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private InputJson read(JsonParser parser, String path) throws IOException {
        int line = lineOf(parser);
        JsonToken token = parser.currentToken();
        Object value = switch (token) {
            case START_OBJECT -> readObject(parser, path);
            case START_ARRAY -> readArray(parser, path);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default ->
                throw new InputException(
                        InputJson.where(source, path, line), "null", "a value", "give the value, or leave the key out");
        };
        return new InputJson(source, path, line, value);
    }

    private Map<String, InputJson> readObject(JsonParser parser, String path) throws IOException {
        Map<String, InputJson> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int line = lineOf(parser);
            String name = InputJson.oneLine(key);
            String below = path.isEmpty() ? name : path + "." + name;
            parser.nextToken();
            InputJson earlier = fields.put(key, read(parser, below));
            if (earlier != null) {
                throw new InputException(
                        InputJson.where(source, below, line),
                        "the key twice, first on line " + earlier.line(),
                        "every key once in its object",
                        "remove one of the two");
            }
        }
        return fields;
    }

    private List<InputJson> readArray(JsonParser parser, String path) throws IOException {
        List<InputJson> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(read(parser, path + "[" + items.size() + "]"));
        }
        return items;
    }

    private static int lineOf(JsonParser parser) {
        return parser.currentTokenLocation().getLineNr();
    }
}
