package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryPageTest {
    @TempDir
    Path folder;

    private static final String REJECTED = SummaryPage.html(Samples.h200Rejected(), Samples.charts());

    @Test
    void holdsWhatIsSigned() {
        assertThat(REJECTED)
                .contains(">REJECTED</p>", "For the customer", "For the vendor", "What this does not certify")
                .contains("Attempts before this one", "aborted", "INCONCLUSIVE")
                .contains("sha256sum -c MANIFEST.sha256")
                .contains(Samples.hash(1), Samples.hash(2), Samples.hash(3), Samples.hash(4));
    }

    @Test
    void showsEveryCriterionWithItsSourceAndTheSitesOwnLimitBesideTheDefault() {
        Samples.h200Rejected()
                .verdicts()
                .forEach(v -> assertThat(REJECTED)
                        .contains(
                                ">" + v.key() + "</span>",
                                Clean.html(v.criterion().source())));
        assertThat(REJECTED)
                .contains(
                        "≥\u00a0630\u00a0TFLOPS instead of the default ≥\u00a0640\u00a0TFLOPS. Reason: the contract names");
    }

    @Test
    void showsEveryGpuAndLibrary() {
        Conclusion conclusion = Samples.h200Rejected();

        conclusion
                .identity()
                .forEach(node ->
                        node.devices().forEach(d -> assertThat(REJECTED).contains(d.uuid(), d.serial())));
        conclusion.libraries().forEach(l -> assertThat(REJECTED).contains(l.path(), l.version(), l.sha256()));
    }

    @Test
    void needsNothingFromOutsideAndRunsNothing() {
        assertThat(REJECTED)
                .contains("default-src 'none'")
                .doesNotContain("<script", "<link", "<img", "<iframe", "@import", "url(", "src=");
        assertThat(REJECTED.split("href=", -1)).hasSize(1 + Samples.charts().size());
        assertThat(REJECTED.split("href=\"charts/", -1))
                .hasSize(1 + Samples.charts().size());
    }

    @Test
    void everyChartsNumbersLieWhereThePageSays() throws Exception {
        Files.writeString(Files.createDirectories(folder.resolve("charts")).resolve("07-of-before.csv"), "old");

        ChartFiles.write(folder, Samples.charts());

        Matcher link = Pattern.compile("href=\"([^\"]+)\"").matcher(REJECTED);
        List<String> linked = new ArrayList<>();
        while (link.find()) {
            linked.add(Files.readString(folder.resolve(link.group(1))));
        }
        assertThat(linked).isEqualTo(Samples.charts().stream().map(Chart::csv).toList());
        assertThat(folder.resolve("charts").toFile().list())
                .hasSize(2 * Samples.charts().size());
    }

    @Test
    void saysThatTheSuiteIsNoCluster() {
        assertThat(SummaryPage.html(Samples.embeddedOk(), List.of()))
                .contains("class=\"banner\"", "this proves the suite, not a cluster");
        assertThat(REJECTED).doesNotContain("class=\"banner\"");
    }

    @Test
    void escapesWhateverComesFromOutside() {
        String page = SummaryPage.html(
                Samples.hostile("</td><script>alert('1')</script>\" onload=\"x\u202E\u0000&amp;"), List.of());

        assertThat(page)
                .contains("&lt;/td&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot; onload=&quot;x&amp;amp;")
                .doesNotContain("<script", "\" onload", "\u202E", "\u0000", "alert('1')");
    }

    @Test
    void showsNoNumberThatIsNone() {
        assertThat(REJECTED).doesNotContain("NaN", "Infinity", "null");
        assertThat(SummaryPage.html(Samples.hostile("x"), List.of()))
                .doesNotContain("NaN")
                .contains("not a number");
    }

    @Test
    void sameInputSameBytes() {
        assertThat(SummaryPage.html(Samples.h200Rejected(), Samples.charts())).isEqualTo(REJECTED);
    }
}
