package dev.assay.deepspeed;

import dev.assay.cluster.Nearest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * An object of the file, read key by key. Every value read is noted with its origin, every wrong one as a problem (the
 * default is then given back, so that reading goes on), and {@link #end} finds the keys that nobody asked for.
 */
final class Section {
    private final Findings findings;
    private final Manners manners;
    private final String path;
    private final Map<String, Node> fields;
    private final Conversion conversion;
    private final Set<String> known = new TreeSet<>();
    private final Map<String, Section> below = new LinkedHashMap<>();

    private Section(Findings findings, Manners manners, String path, Map<String, Node> fields) {
        this.findings = findings;
        this.manners = manners;
        this.path = path;
        this.fields = fields;
        this.conversion = new Conversion(manners, findings);
    }

    static Section of(Findings findings, Manners manners, Node object) {
        Optional<Map<String, Node>> fields = object.object();
        if (fields.isEmpty()) {
            findings.problem(object, object.found(), "an object { … }", "write an object");
        }
        return new Section(findings, manners, object.path(), new LinkedHashMap<>(fields.orElse(Map.of())));
    }

    static Section empty(Findings findings, Manners manners, String path) {
        return new Section(findings, manners, path, new LinkedHashMap<>());
    }

    /** An object under this key; one without keys where the file has none. */
    Section section(String key, Manners inner) {
        Section section =
                find(key).map(node -> of(findings, inner, node)).orElseGet(() -> empty(findings, inner, path(key)));
        below.put(key, section);
        return section;
    }

    /** The object under this key, where there is one. */
    Optional<Node> object(String key) {
        Optional<Node> node = find(key).filter(value -> !value.isNull());
        node.filter(value -> value.object().isEmpty())
                .ifPresent(value -> findings.problem(value, value.found(), "an object { … }", "write an object"));
        return node.filter(value -> value.object().isPresent());
    }

    Optional<Node> find(String key) {
        known.add(key);
        return Optional.ofNullable(fields.get(key));
    }

    /** Of these keys, {@code null} means: left out. */
    void nullable(String... keys) {
        Arrays.stream(keys)
                .filter(key -> fields.containsKey(key) && fields.get(key).isNull())
                .forEach(fields::remove);
    }

    /** DeepSpeed knows the key by this second name, too. */
    void alsoSpelt(String key, String other) {
        Node node = fields.remove(other);
        known.add(other);
        if (node == null) {
            return;
        }
        if (fields.putIfAbsent(key, node) != null) {
            findings.problem(node, "the same setting also as " + path(key), "one of the two", "remove one of the two");
        }
    }

    boolean flag(String key, boolean otherwise) {
        return flag(key, otherwise, Optional.empty());
    }

    boolean flag(String key, boolean otherwise, Optional<Auto<Boolean>> auto) {
        return read(key, otherwise, auto, conversion::asFlag, "true or false");
    }

    long whole(String key, long otherwise, long least, long most) {
        return whole(key, otherwise, least, most, Optional.empty());
    }

    long whole(String key, long otherwise, long least, long most, Optional<Auto<Long>> auto) {
        String valid = "a whole number from " + least + (most == Long.MAX_VALUE ? " on" : " to " + most)
                + " (5e8 is one, 0.5 is none)";
        return read(key, otherwise, auto, node -> conversion.asWhole(node, least, most), valid);
    }

    double number(String key, double otherwise, double least, double most) {
        return number(key, otherwise, least, most, Optional.empty());
    }

    double number(String key, double otherwise, double least, double most, Optional<Auto<Double>> auto) {
        String valid =
                most == Double.MAX_VALUE ? "a number from " + least + " on" : "a number from " + least + " to " + most;
        return read(key, otherwise, auto, node -> conversion.asNumber(node, least, most), valid);
    }

    <T> T choice(String key, T otherwise, Map<String, T> choices) {
        return read(
                key,
                otherwise,
                Optional.empty(),
                node -> node.text().map(word -> choices.get(word)),
                "one of " + String.join(", ", choices.keySet()));
    }

    String text(String key, String otherwise) {
        return read(key, otherwise, Optional.empty(), Node::text, "text in quotes");
    }

    <T> T read(String key, T otherwise, Optional<Auto<T>> auto, Function<Node, Optional<T>> convert, String valid) {
        Optional<Node> found = find(key);
        if (found.isEmpty()) {
            return manners == Manners.ASSAY
                    ? findings.resolved(path(key), otherwise, Origin.ASSAY, "the section's default")
                    : findings.resolved(path(key), otherwise, Origin.DEFAULT, "default of DeepSpeed 0.19");
        }
        Node node = found.get();
        if (node.isAuto() && auto.isPresent()) {
            return findings.resolved(
                    path(key),
                    auto.get().value(),
                    Origin.AUTO,
                    "auto: " + auto.get().words());
        }
        if (node.isAuto() && manners == Manners.MODEL) {
            return findings.resolved(
                    path(key), otherwise, Origin.AUTO, "auto: DeepSpeed drops it and takes its default");
        }
        Optional<T> value = convert.apply(node);
        if (value.isEmpty()) {
            findings.problem(node, node.found(), valid, advice(node, valid));
            return otherwise;
        }
        Origin origin = manners == Manners.ASSAY && node.origin() == Origin.FILE ? Origin.ASSAY : node.origin();
        return findings.resolved(path(key), value.get(), origin, "line " + node.line());
    }

    private String advice(Node node, String valid) {
        return node.isAuto() && manners == Manners.PLAIN
                ? "write the value: nothing fills \"auto\" here, and DeepSpeed itself cannot use it"
                : "write " + valid;
    }

    /** Keys that are known and change nothing of the work; those that are there are noted. */
    void withoutEffect(String why, String... keys) {
        withoutEffect(Optional::of, "", why, keys);
    }

    void flagsWithoutEffect(String why, String... keys) {
        withoutEffect(conversion::asFlag, "true or false", why, keys);
    }

    void countsWithoutEffect(String why, String... keys) {
        withoutEffect(node -> conversion.asWhole(node, Long.MIN_VALUE, Long.MAX_VALUE), "a whole number", why, keys);
    }

    /** DeepSpeed's models check the types of what has no effect here, too. */
    private void withoutEffect(Function<Node, Optional<?>> convert, String valid, String why, String... keys) {
        for (String key : keys) {
            find(key).ifPresent(node -> {
                if (node.isAuto() || convert.apply(node).isPresent()) {
                    findings.note(Note.Kind.NO_EFFECT, node.path(), why);
                } else {
                    findings.problem(node, node.found(), valid, "write " + valid + ", or remove the key");
                }
            });
        }
    }

    /** Reads every flag, and refuses those that are on. */
    void refuseOn(String reason, String advice, String... keys) {
        for (String key : keys) {
            if (flag(key, false)) {
                find(key).ifPresent(node -> findings.refuse(node, reason, advice));
            }
        }
    }

    /** Finds the keys that nobody asked for. */
    void end() {
        fields.forEach((key, node) -> {
            if (!known.contains(key)) {
                unknown(key, node);
            }
        });
    }

    private void unknown(String key, Node node) {
        if (manners == Manners.PLAIN) {
            String found = "line " + node.line() + ": an unknown key, which DeepSpeed ignores; ";
            findings.note(Note.Kind.WARNING, node.path(), found + suggestion(key, "check its spelling"));
            return;
        }
        String otherwise = manners == Manners.MODEL ? "remove it; DeepSpeed rejects the file, too" : "remove the key";
        findings.problem(
                node,
                "the unknown key \"" + Node.shown(key) + "\"",
                String.join(", ", known),
                suggestion(key, otherwise));
    }

    private String suggestion(String key, String otherwise) {
        return below.entrySet().stream()
                .filter(section -> section.getValue().known.contains(key))
                .findFirst()
                .map(section -> "it belongs into " + section.getKey())
                .orElseGet(() -> Nearest.suggestion(key, known, otherwise));
    }

    Findings findings() {
        return findings;
    }

    String path(String key) {
        return Node.below(path, key);
    }
}
