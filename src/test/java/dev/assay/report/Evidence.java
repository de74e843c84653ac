package dev.assay.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.qameta.allure.Allure;
import io.qameta.allure.model.Label;
import io.qameta.allure.model.TestResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a row shows in the report: where it stands, what it was run with, what it was judged by. Acts on the running test. */
public final class Evidence {
    /** The epic of the page to sign. Allure sorts by name: the leading space, which no browser shows, puts it first. */
    public static final String SUMMARY = " Summary";

    private static final Set<String> PLACES = Set.of("epic", "feature", "story", "parentSuite", "suite", "subSuite");

    private Evidence() {}

    /**
     * Frames the report: environment, executor and categories from {@code allure-config/}. Once a run is enough.
     *
     * @param facts values of the templates' placeholders, e.g. {@code cluster}, {@code nodes}, {@code run}
     */
    public static void frame(Map<String, String> facts) {
        ReportFrame.write(
                Path.of(System.getProperty("assay.allure.config", "allure-config")),
                Path.of(System.getProperty("allure.results.directory", "target/allure-results")),
                facts);
    }

    /** Puts the running test into the tree of capabilities, instead of Java's classes, under the name that people read. */
    public static void describe(String epic, String feature, String story, String displayName) {
        Allure.getLifecycle().updateTestCase(result -> {
            result.setName(displayName);
            result.getLabels().removeIf(label -> PLACES.contains(label.getName()));
            result.getLabels().addAll(List.of(place("epic", epic), place("feature", feature), place("story", story)));
            result.getLabels().addAll(List.of(place("suite", epic), place("subSuite", feature)));
        });
    }

    private static Label place(String name, String value) {
        return new Label().setName(name).setValue(value);
    }

    /** E.g. {@code severity}, {@code owner}, {@code tag}. */
    public static void label(String name, Object value) {
        Allure.label(name, value.toString());
    }

    /** Markdown, shown above the attachments. */
    public static void explain(String markdown) {
        Allure.getLifecycle().updateTestCase((TestResult result) -> result.setDescription(markdown));
    }

    /** Part of what the row is: its history follows it. Never what differs between runs, such as a host or a job id. */
    public static void parameter(String name, Object value) {
        Allure.parameter(name, value.toString());
    }

    public static void attachText(String name, String content) {
        Allure.addAttachment(name, "text/plain", content, ".txt");
    }

    public static void attachSvg(String name, String svg) {
        Allure.addAttachment(name, "image/svg+xml", svg, ".svg");
    }

    public static void attachHtml(String name, String html) {
        Allure.addAttachment(name, "text/html", html, ".html");
    }

    public static void attachCsv(String name, String csv) {
        Allure.addAttachment(name, "text/csv", Attachable.wholeLines(csv), ".csv");
    }

    public static void attachJson(String name, String json) {
        Allure.addAttachment(name, "application/json", json, ".json");
    }

    /** Attaches at most the last MiB, and says what it left out; a file that is not there is said, too. */
    public static void attachFile(String name, Path file) {
        try {
            Attachable content = Attachable.of(file);
            Allure.getLifecycle()
                    .addAttachment(
                            name,
                            content.type(),
                            content.extension(),
                            content.text().getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("attaching " + file + " as \"" + name + "\"", e);
        }
    }

    /** Every regular file below a folder whose path there ends so, in order of path. */
    public static void attachFiles(Path folder, String suffix) {
        if (!Files.isDirectory(folder)) {
            attachText(folder.toString(), "There is no such folder.");
            return;
        }
        try (var files = Files.walk(folder)) {
            files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix))
                    .sorted()
                    .forEach(file -> attachFile(folder.relativize(file).toString(), file));
        } catch (IOException e) {
            throw new UncheckedIOException("looking for *" + suffix + " in " + folder, e);
        }
    }
}
