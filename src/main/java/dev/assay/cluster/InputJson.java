package dev.assay.cluster;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * JSON that a person wrote. Every value knows its file, path and line, so that an error can say where it is; a duplicate or
 * unknown key is an error. {@code comment} is allowed in every object and ignored.
 */
public final class InputJson {
    private static final Set<String> ALWAYS_ALLOWED = Set.of("comment", "$schema");

    private final String source;
    private final String path;
    private final int line;
    /** Map, List, String, BigDecimal or Boolean. */
    private final Object value;

    InputJson(String source, String path, int line, Object value) {
        this.source = source;
        this.path = path;
        this.line = line;
        this.value = value;
    }

    /** @param source as the error messages name it, e.g. {@code cluster file my.json} */
    public static InputJson parse(String source, String text) {
        return new InputJsonReader(source).read(text);
    }

    int line() {
        return line;
    }

    static String where(String source, String path, int line) {
        return "Reading " + source + ", line " + line + (path.isEmpty() ? "" : ", " + path);
    }

    /** An error about this very value. */
    public InputException error(String found, String valid, String advice) {
        return new InputException(where(source, path, line), found, valid, advice);
    }

    /** Refuses every key that is not among these. */
    public InputJson onlyKeys(Collection<String> valid) {
        for (String key : fields().keySet()) {
            if (!valid.contains(key) && !ALWAYS_ALLOWED.contains(key)) {
                throw field(key)
                        .error(
                                "the unknown key \"" + oneLine(key) + "\"",
                                String.join(", ", valid),
                                Nearest.suggestion(key, valid, "remove the key"));
            }
        }
        return this;
    }

    public Map<String, InputJson> fields() {
        if (value instanceof Map<?, ?> map) {
            Map<String, InputJson> fields = new LinkedHashMap<>();
            map.forEach((key, field) -> fields.put((String) key, (InputJson) field));
            return fields;
        }
        throw wrongType("an object { … }");
    }

    public boolean has(String key) {
        return fields().containsKey(key);
    }

    public Optional<InputJson> find(String key) {
        return Optional.ofNullable(fields().get(key));
    }

    /** @param why what is lost without it, or what to write */
    public InputJson required(String key, String why) {
        return find(key)
                .orElseThrow(() -> error("no \"" + key + "\" here", "\"" + key + "\" is mandatory", "add it: " + why));
    }

    private InputJson field(String key) {
        return find(key).orElseThrow();
    }

    public List<InputJson> items() {
        if (value instanceof List<?> list) {
            return list.stream().map(InputJson.class::cast).toList();
        }
        throw wrongType("an array [ … ]");
    }

    public boolean isText() {
        return value instanceof String;
    }

    public boolean isObject() {
        return value instanceof Map;
    }

    public String text() {
        if (value instanceof String text) {
            return text;
        }
        throw wrongType("a string");
    }

    /** @param described what the pattern allows, in words */
    public String matching(Pattern allowed, String described) {
        if (!allowed.matcher(text()).matches()) {
            throw error(found(), described, "it reaches a command line on the cluster; write it within these bounds");
        }
        return text();
    }

    /** One of an enumeration's words. */
    public <T> T choice(Map<String, T> choices) {
        T chosen = choices.get(text());
        if (chosen == null) {
            throw error(
                    found(),
                    String.join(", ", choices.keySet()),
                    Nearest.suggestion(text(), choices.keySet(), "choose one of them"));
        }
        return chosen;
    }

    /** Texts of an array, each once. */
    public List<String> uniqueMatching(Pattern allowed, String described) {
        Set<String> seen = new HashSet<>();
        for (InputJson item : items()) {
            if (!seen.add(item.matching(allowed, described))) {
                throw item.error(item.found() + " a second time", "every entry once", "remove one of the two");
            }
        }
        return items().stream().map(InputJson::text).toList();
    }

    public boolean bool() {
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw wrongType("true or false");
    }

    public int integer(int least, int most) {
        if (value instanceof BigDecimal number
                && number.stripTrailingZeros().scale() <= 0
                && number.compareTo(BigDecimal.valueOf(least)) >= 0
                && number.compareTo(BigDecimal.valueOf(most)) <= 0) {
            return number.intValueExact();
        }
        throw wrongType("a whole number from " + least + " to " + most);
    }

    public double number() {
        if (value instanceof BigDecimal number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw wrongType("a finite number");
    }

    private InputException wrongType(String valid) {
        return error(found(), valid, "write " + valid);
    }

    /** The value as an error message shows it: short, in one line, harmless on a terminal. */
    public String found() {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        String shown = oneLine(value.toString());
        return value instanceof String ? "\"" + shown + "\"" : shown;
    }

    /** At most 80 characters, control characters spelled out. */
    static String oneLine(String text) {
        return text.codePoints()
                .limit(80)
                .mapToObj(point ->
                        Character.isISOControl(point) ? String.format("\\u%04x", point) : Character.toString(point))
                .collect(Collectors.joining());
    }
}
