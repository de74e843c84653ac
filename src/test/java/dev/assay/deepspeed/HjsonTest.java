package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.InputException;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax as hjson.github.io has it, and as Python's {@code hjson.load} reads it. */
class HjsonTest {
    @Test
    void textWithoutQuotesEndsWithItsLine() {
        Node root = parse("""
                {
                  text: a, b] and # no comment }
                  trimmed:   padded \t
                  word: truely
                  number: 5e8, # a comment
                  both: 1 /* inside */
                  off: false // off
                  nothing: null
                }
                """);

        assertThat(text(root, "text")).isEqualTo("a, b] and # no comment }");
        assertThat(text(root, "trimmed")).isEqualTo("padded");
        assertThat(text(root, "word")).isEqualTo("truely");
        assertThat(root.find("number").flatMap(Node::number)).contains(new BigDecimal("5e8"));
        assertThat(root.find("both").flatMap(Node::number)).contains(BigDecimal.ONE);
        assertThat(root.find("off").flatMap(Node::flag)).contains(false);
        assertThat(root.find("nothing").map(Node::isNull)).contains(true);
    }

    /** Every comma may end a value: what looks at all that is before each of them does not come to an end here. */
    @Timeout(60)
    @ParameterizedTest
    @ValueSource(strings = {",", "1,", "]", "#", "//", "/*", "} ", "1   , "})
    void aVeryLongLineOfEndsIsReadOnce(String end) {
        String line = "x" + end.repeat(4_000_000 / end.length());

        assertThat(text(parse("a: " + line), "a")).isEqualTo(line.strip());
    }

    @Test
    void aConstantBeforeManySpacesIsOne() {
        assertThat(parse("{a: true" + " ".repeat(5000) + ", b: 1}").find("a").flatMap(Node::flag))
                .contains(true);
        assertThat(text(parse("a: " + "1".repeat(1001)), "a")).hasSize(1001);
    }

    /** As Windows' editors leave it. */
    @Test
    void aByteOrderMarkIsNoText() {
        assertThat(text(parse("\uFEFF{\"word\": \"a\"}"), "word")).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "+1", "1.", ".5", "1e", "0x10", "NaN", "True", "1 2"})
    void whatIsNoNumberOfJsonIsText(String word) {
        assertThat(text(parse("a: " + word), "a")).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource({"5e8, 500000000", "-0.5, -0.5", "1E+2, 100", "1e-8, 0.00000001", "15099494.4, 15099494.4"})
    void numbersAreExact(String word, BigDecimal value) {
        assertThat(parse("{a: " + word + "}").find("a").flatMap(Node::number).orElseThrow())
                .isEqualByComparingTo(value);
    }

    @Test
    void bracesCommasAndQuotesMayBeLeftOut() {
        Node root = parse("""
                # no braces
                bf16: {
                  enabled: true
                }
                "quoted key": 'single "quotes"'
                list: [
                  1
                  2, 3
                  "four" "five",
                ]
                /* many
                   lines */ last : "x" other: "y"
                """);

        assertThat(root.find("bf16").flatMap(node -> node.find("enabled")).flatMap(Node::flag))
                .contains(true);
        assertThat(text(root, "quoted key")).isEqualTo("single \"quotes\"");
        assertThat(root.find("list").flatMap(Node::array).orElseThrow())
                .extracting(Node::value)
                .isEqualTo(List.of(BigDecimal.ONE, BigDecimal.valueOf(2), BigDecimal.valueOf(3), "four", "five"));
        assertThat(text(root, "last") + text(root, "other")).isEqualTo("xy");
    }

    @Test
    void blocksLoseTheIndentationOfTheirQuotes() {
        Node root = parse(
                "{\n  a:\n    '''\n    first\n      deeper 'quoted'\n\n    # no comment\n    '''\n  b: '''one'''\n}");

        assertThat(text(root, "a")).isEqualTo("first\n  deeper 'quoted'\n\n# no comment");
        assertThat(text(root, "b")).isEqualTo("one");
    }

    @Test
    void escapesAreJsons() {
        assertThat(text(parse("{\"a\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00b5\"}"), "a"))
                .isEqualTo("\"\\/\b\f\n\r\tµ");
    }

    @Test
    void everyValueKnowsItsLine() {
        Node root = parse("# one\n{\n  a: '''\n  x\n  '''\n  zero_optimization: {\n    stage:\n      3\n  }\n}");

        assertThat(root.find("a").orElseThrow().line()).isEqualTo(3);
        Node stage = root.find("zero_optimization")
                .flatMap(node -> node.find("stage"))
                .orElseThrow();
        assertThat(stage.line()).isEqualTo(8);
        assertThat(stage.path()).isEqualTo("zero_optimization.stage");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a: 1\\na: 2                | line 2, a | the key twice, first on line 1
            {a: {b: 1, "b": 2}}       | a.b       | the key twice
            {a: 1                     | line 1    | the end of the file inside what is opened on line 1
            {a: [1, 2                 | line 1    | the end of the file inside
            {a: one}                  | line 1    | goes on to the end of its line
            {a b: 1}                  | line 1    | without a ':' behind it; one with spaces needs quotes
            {: 1}                     | line 1    | ':' where a key is expected
            {a: , b: 1}               | line 1    | ',' where a value is expected
            {a: }                     | line 1    | '}' where a value is expected
            a:                        | line 1    | the end where a value is expected
            {a: 1,, b: 2}             | line 1    | ',' where a key is expected
            {"a": "x}                 | line 1    | text without its closing quote
            {"a": "\\q"}               | line 1    | no escape
            {"a": "\\u12g4"}           | line 1    | no escape
            {a: 1} /* open            | line 1    | a comment without its end
            a: '''x''                 | line 1    | a ''' block without its end
            """)
    void whatIsWrongIsSaidWithItsLine(String text, String where, String words) {
        assertThatThrownBy(() -> parse(text.replace("\\n", "\n")))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll("Reading it", where, words, "found", "valid", "to do");
    }

    @Test
    void bracketsDoNotOverflowTheStack() {
        assertThatThrownBy(() -> parse("{a: " + "[".repeat(100_000)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("more than 64 brackets");
    }

    /** A whole config as people write Hjson. */
    @Test
    void aConfigIsReadByIt() {
        DeepSpeedConfig config = DeepSpeedFile.parse("my.hjson", """
                        # ours
                        train_micro_batch_size_per_gpu: 4
                        bf16: { enabled: true }
                        zero_optimization: {
                          stage: 3
                          reduce_bucket_size: 5e8
                        }
                        assay: {
                          model: llama2-7b
                          activationCheckpointing: none
                        }
                        """).resolve(8);

        assertThat(config.zero().stage()).isEqualTo(3);
        assertThat(config.zero().reduceBucket()).isEqualTo(500_000_000);
        assertThat(config.assay().modelName()).isEqualTo("llama2-7b");
        assertThat(config.resolved())
                .anyMatch(value -> value.key().equals("zero_optimization.reduce_bucket_size")
                        && value.how().equals("line 6"));
    }

    private static Node parse(String text) {
        return ConfigText.parse("Reading it", text);
    }

    private static String text(Node root, String key) {
        return root.find(key).flatMap(Node::text).orElseThrow();
    }
}
