package dev.assay.deepspeed;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A value of the file, with its place.
 *
 * @param path e.g. {@code zero_optimization.stage}; empty: the whole file
 * @param value Map, List, String, BigDecimal, Boolean or {@link Nothing}
 */
record Node(String path, int line, Origin origin, Object value) {
    /** JSON's {@code null}. */
    enum Nothing {
        NULL
    }

    @SuppressWarnings("unchecked")
    Optional<Map<String, Node>> object() {
        return value instanceof Map ? Optional.of((Map<String, Node>) value) : Optional.empty();
    }

    @SuppressWarnings("unchecked")
    Optional<List<Node>> array() {
        return value instanceof List ? Optional.of((List<Node>) value) : Optional.empty();
    }

    Optional<String> text() {
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    Optional<Boolean> flag() {
        return value instanceof Boolean flag ? Optional.of(flag) : Optional.empty();
    }

    Optional<BigDecimal> number() {
        return value instanceof BigDecimal number ? Optional.of(number) : Optional.empty();
    }

    boolean isNull() {
        return value == Nothing.NULL;
    }

    boolean isAuto() {
        return value.equals("auto");
    }

    /** The object's value under this key; empty, too, where this is no object. */
    Optional<Node> find(String key) {
        return object().map(fields -> fields.get(key));
    }

    Node with(String key, Node field) {
        Map<String, Node> fields = new LinkedHashMap<>(object().orElse(Map.of()));
        fields.put(key, field);
        return new Node(path, line, origin, fields);
    }

    Node without(String key) {
        Map<String, Node> fields = new LinkedHashMap<>(object().orElse(Map.of()));
        fields.remove(key);
        return new Node(path, line, origin, fields);
    }

    static String below(String path, String key) {
        return path.isEmpty() ? shown(key) : path + "." + shown(key);
    }

    /** As an error message shows it: short, in one line, harmless on a terminal. */
    String found() {
        if (value instanceof Map) {
            return "an object { … }";
        }
        if (value instanceof List) {
            return "an array [ … ]";
        }
        if (isNull()) {
            return "null";
        }
        return value instanceof String text ? "\"" + shown(text) + "\"" : shown(value.toString());
    }

    static String shown(String text) {
        return text.codePoints()
                .limit(80)
                .mapToObj(point ->
                        Character.isISOControl(point) ? String.format("\\u%04x", point) : Character.toString(point))
                .collect(Collectors.joining());
    }
}
