package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SummaryPageTest {
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
                .doesNotContain("<script", "<link", "<img", "<iframe", "@import", "url(", "src=", "href=");
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
