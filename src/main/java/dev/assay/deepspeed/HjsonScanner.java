package dev.assay.deepspeed;

import dev.assay.cluster.InputException;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The characters of an Hjson text, as {@code hjson.load} of Python reads them: whitespace and comments, keys, and the values
 * that have no parts.
 */
final class HjsonScanner {
    static final int END = -1;

    private static final String VALID =
            "Hjson: JSON, which may have comments (#, //, /* */), no quotes around keys and around"
                    + " text that ends its line, ''' blocks, and no commas between lines";
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");
    private static final int LONGEST_NUMBER = 1000;

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String doing;
    private final String text;
    private int at;
    private int line = 1;

    /** @param doing the first part of error messages */
    HjsonScanner(String doing, String text) {
        this.doing = doing;
        this.text = text;
        at = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length() : 0;
    }

    int line() {
        return line;
    }

    /** The character that comes next, {@link #END} behind the last. */
    int peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    void advance() {
        if (text.charAt(at) == '\n') {
            line++;
        }
        at++;
    }

    boolean starts(String with) {
        return text.startsWith(with, at);
    }

    /** Behind whitespace and comments. */
    int token() {
        while (true) {
            int next = peek();
            if (next != END && next <= ' ') {
                advance();
            } else if (next == '#' || starts("//")) {
                while (!endsLine()) {
                    advance();
                }
            } else if (starts("/*")) {
                comment();
            } else {
                return next;
            }
        }
    }

    private void comment() {
        int from = line;
        at += 2;
        while (!starts("*/")) {
            if (peek() == END) {
                throw invalid(from, "a comment without its end */");
            }
            advance();
        }
        at += 2;
    }

    private boolean endsLine() {
        return peek() == END || peek() == '\n';
    }

    /** Up to its colon, which is left. */
    String key() {
        if (peek() == '"' || peek() == '\'') {
            return quoted();
        }
        int start = at;
        while (peek() > ' ' && "{}[],:".indexOf(peek()) < 0) {
            advance();
        }
        String key = text.substring(start, at);
        if (key.isEmpty()) {
            throw invalid(
                    line, peek() == END ? "the end where a key is expected" : shown() + " where a key is expected");
        }
        return key;
    }

    /** In single or double quotes, on one line. */
    String quoted() {
        int quote = peek();
        int from = line;
        StringBuilder out = new StringBuilder();
        advance();
        while (peek() != quote) {
            if (peek() < ' ') {
                throw invalid(from, "text without its closing quote on this line");
            }
            char next = text.charAt(at++);
            out.append(next == '\\' ? escaped() : next);
        }
        advance();
        return out.toString();
    }

    private char escaped() {
        int kind = "\"'\\/bfnrt".indexOf(peek());
        if (peek() != END && kind >= 0) {
            at++;
            return "\"'\\/\b\f\n\r\t".charAt(kind);
        }
        if (peek() == 'u' && at + 5 <= text.length()) {
            String digits = text.substring(at + 1, at + 5);
            if (digits.matches("[0-9a-fA-F]{4}")) {
                at += 5;
                return (char) Integer.parseInt(digits, 16);
            }
        }
        throw invalid(line, "a \\ in quotes with no escape behind it");
    }

    /** Between two {@code '''}: of each line at most as much indentation is left out as the first quote has. */
    String block() {
        int from = line;
        int indent = at - (text.lastIndexOf('\n', at) + 1);
        at += 3;
        while (peek() != END && peek() <= ' ' && peek() != '\n') {
            advance();
        }
        if (peek() == '\n') {
            advance();
            skipIndent(indent);
        }
        StringBuilder out = new StringBuilder();
        while (!starts("'''")) {
            if (peek() == END) {
                throw invalid(from, "a ''' block without its end");
            }
            char next = text.charAt(at);
            advance();
            if (next != '\r') {
                out.append(next);
            }
            if (next == '\n') {
                skipIndent(indent);
            }
        }
        at += 3;
        int last = out.length() - 1;
        return last >= 0 && out.charAt(last) == '\n' ? out.substring(0, last) : out.toString();
    }

    private void skipIndent(int indent) {
        for (int i = 0; i < indent && peek() != END && peek() <= ' ' && peek() != '\n'; i++) {
            at++;
        }
    }

    /**
     * A number, true, false or null, which a comma, a bracket or a comment may end; else text up to the end of its line, with
     * commas and brackets in it.
     *
     * @throws NumberFormatException of a number beyond all bounds
     */
    Object bare() {
        int start = at;
        if (peek() == END || "{}[],:".indexOf(peek()) >= 0) {
            throw invalid(line, (peek() == END ? "the end" : shown()) + " where a value is expected");
        }
        int end = start;
        while (true) {
            boolean ends = endsLine();
            if (!ends && ",}]#".indexOf(peek()) < 0 && !starts("//") && !starts("/*")) {
                end = Character.isWhitespace(peek()) ? end : at + 1;
                at++;
                continue;
            }
            Optional<Object> value = constant(start, end);
            if (value.isPresent() || ends) {
                return value.orElseGet(() -> text.substring(start, at).strip());
            }
            at++;
            end = at;
        }
    }

    /** Of what no constant is as long as, nothing is looked at: a line may be long and have many ends. */
    private Optional<Object> constant(int start, int end) {
        return end - start > LONGEST_NUMBER
                ? Optional.empty()
                : constant(text.substring(start, end).strip());
    }

    private static Optional<Object> constant(String word) {
        return switch (word) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            case "null" -> Optional.of(Node.Nothing.NULL);
            default -> NUMBER.matcher(word).matches() ? Optional.of(new BigDecimal(word)) : Optional.empty();
        };
    }

    /** The next character, for a message. */
    String shown() {
        return "'" + Node.shown(text.substring(at, text.offsetByCodePoints(at, 1))) + "'";
    }

    InputException invalid(int on, String found) {
        return new InputException(
                doing + ", line " + on,
                "no valid text: " + found,
                VALID,
                "correct the syntax on this line or just before it");
    }
}
