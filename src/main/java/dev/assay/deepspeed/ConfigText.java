package dev.assay.deepspeed;

import dev.assay.cluster.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The text of a file as DeepSpeed reads it, by {@code hjson.load}: see {@link HjsonScanner}; the outer braces may be left out. A
 * key that stands twice in its object is an error, as it is to DeepSpeed.
 */
final class ConfigText {
    private static final int MAX_DEPTH = 64;

    private final String doing;
    private final HjsonScanner scanner;
    private int depth;

    private ConfigText(String doing, String text) {
        this.doing = doing;
        this.scanner = new HjsonScanner(doing, text);
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
        return new ConfigText(doing, text).whole();
    }

    private Node whole() {
        int first = scanner.token();
        int line = scanner.line();
        if (first == HjsonScanner.END || first == '[') {
            throw new InputException(
                    doing + ", line " + line,
                    first == '[' ? "no object at the start" : "nothing",
                    "one object { … }",
                    "put the keys between braces");
        }
        if (first != '{') {
            return new Node("", line, Origin.FILE, members("", HjsonScanner.END));
        }
        Node root = node("");
        if (scanner.token() != HjsonScanner.END) {
            throw new InputException(
                    doing + ", line " + scanner.line(),
                    "more text after the end of the object",
                    "one object { … }",
                    "remove what follows the closing brace");
        }
        return root;
    }

    private Node node(String path) {
        int next = scanner.token();
        int line = scanner.line();
        Object value = switch (next) {
            case '{' -> below(path, '}');
            case '[' -> below(path, ']');
            case '"' -> scanner.quoted();
            case '\'' -> scanner.starts("'''") ? scanner.block() : scanner.quoted();
            default -> bare(path, line);
        };
        return new Node(path, line, Origin.FILE, value);
    }

    private Object below(String path, int end) {
        if (++depth > MAX_DEPTH) {
            throw scanner.invalid(scanner.line(), "more than " + MAX_DEPTH + " brackets inside each other");
        }
        scanner.advance();
        Object value = end == ']' ? array(path) : members(path, end);
        scanner.advance();
        depth--;
        return value;
    }

    private Object bare(String path, int line) {
        try {
            return scanner.bare();
        } catch (NumberFormatException e) {
            throw new InputException(
                    doing + ", line " + line + ", " + path,
                    "a number with an exponent beyond all bounds",
                    "a number",
                    "write it shorter");
        }
    }

    /** Up to the end, which is left. */
    private Map<String, Node> members(String path, int end) {
        int from = scanner.line();
        Map<String, Node> fields = new LinkedHashMap<>();
        while (!ended(end, from)) {
            int line = scanner.line();
            String key = scanner.key();
            String below = Node.below(path, key);
            if (scanner.token() != ':') {
                throw scanner.invalid(
                        line,
                        "the key \"" + Node.shown(key) + "\" without a ':' behind it; one with spaces needs quotes");
            }
            scanner.advance();
            Node earlier = fields.put(key, node(below));
            if (earlier != null) {
                throw new InputException(
                        doing + ", line " + line + ", " + below,
                        "the key twice, first on line " + earlier.line(),
                        "every key once in its object; DeepSpeed rejects duplicates, too",
                        "remove one of the two");
            }
            comma();
        }
        return fields;
    }

    private List<Node> array(String path) {
        int from = scanner.line();
        List<Node> items = new ArrayList<>();
        while (!ended(']', from)) {
            items.add(node(path + "[" + items.size() + "]"));
            comma();
        }
        return items;
    }

    /** Text without quotes swallows what closes an object on its line, so that the end of the file often shows it first. */
    private boolean ended(int end, int from) {
        int next = scanner.token();
        if (next == HjsonScanner.END && end != next) {
            throw scanner.invalid(
                    scanner.line(),
                    "the end of the file inside what is opened on line " + from
                            + "; text without quotes goes on to the end of its line");
        }
        return next == end;
    }

    private void comma() {
        if (scanner.token() == ',') {
            scanner.advance();
        }
    }
}
