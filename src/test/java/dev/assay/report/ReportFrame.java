package dev.assay.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files beside Allure's results: environment, executor, categories. */
final class ReportFrame {
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");

    private ReportFrame() {}

    static void write(Path config, Path results, Map<String, String> facts) {
        try {
            Files.createDirectories(results);
            Files.writeString(
                    results.resolve("environment.properties"),
                    environment(Files.readString(config.resolve("environment.properties"), UTF_8), facts));
            Files.writeString(
                    results.resolve("executor.json"),
                    executor(Files.readString(config.resolve("executor.json"), UTF_8), facts));
            Files.writeString(
                    results.resolve("categories.json"), Files.readString(config.resolve("categories.json"), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "framing the report in " + results + " from the templates in " + config
                            + " (-Dassay.allure.config=)",
                    e);
        }
    }

    /** Lines with an unknown fact and comments are left out. */
    static String environment(String template, Map<String, String> facts) {
        return template.lines()
                .filter(line -> !line.startsWith("#"))
                .flatMap(line -> filled(line, facts, ReportFrame::asProperty).stream())
                .map(line -> line + "\n")
                .collect(joining());
    }

    /** Unknown facts become a dash. */
    static String executor(String template, Map<String, String> facts) {
        return PLACEHOLDER
                .matcher(template)
                .replaceAll(match -> Matcher.quoteReplacement(new String(
                        JsonStringEncoder.getInstance().quoteAsString(facts.getOrDefault(match.group(1), "–")))));
    }

    private static Optional<String> filled(String line, Map<String, String> facts, UnaryOperator<String> escape) {
        Matcher matcher = PLACEHOLDER.matcher(line);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            String fact = facts.get(matcher.group(1));
            if (fact == null || fact.isBlank()) {
                return Optional.empty();
            }
            matcher.appendReplacement(filled, Matcher.quoteReplacement(escape.apply(fact)));
        }
        return Optional.of(matcher.appendTail(filled).toString());
    }

    /** The properties format is Latin-1 and reads a backslash as an escape. */
    private static String asProperty(String value) {
        return value.chars()
                .mapToObj(c ->
                        c == '\\' ? "\\\\" : c < ' ' || c > '~' ? "\\u%04x".formatted(c) : String.valueOf((char) c))
                .collect(joining());
    }
}
