package dev.assay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class JunitXmlTest {
    @TempDir
    Path folder;

    @Test
    void namesOutcomesAndTroubleSurviveTheXml() throws Exception {
        String colours = "FAIL: 88 < 90 & \u001b[31mred\u001b[0m \uD83D\uDD25";

        Element suite = written(List.of(
                row("GPU utilisation ≥ 90 % · 1 node", Rows.Outcome.PASSED, ""),
                row("GPU utilisation ≥ 90 % · 2 nodes", Rows.Outcome.FAILED, colours),
                row("Scale efficiency", Rows.Outcome.BROKEN, "NOT_RUN: rank 3"),
                row("NVLS", Rows.Outcome.SKIPPED, "no such part")));

        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("errors")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        assertThat(suite.getAttribute("time")).isEqualTo("6.000");
        Element failed = (Element) suite.getElementsByTagName("testcase").item(1);
        assertThat(failed.getAttribute("name")).isEqualTo("GPU utilisation ≥ 90 % · 2 nodes");
        Element failure = (Element) failed.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("FAIL: 88 < 90 & �[31mred�[0m \uD83D\uDD25");
    }

    private Element written(List<Rows.Finished> rows) throws Exception {
        Path file = folder.resolve("junit/TEST.xml");
        JunitXml.write(file, "Acceptance", rows);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
    }

    private static Rows.Finished row(String name, Rows.Outcome outcome, String trouble) {
        return new Rows.Finished("Headline", name, outcome, Duration.ofMillis(1500), trouble, trouble);
    }
}
