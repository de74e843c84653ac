package dev.assay.summary;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The page a person prints and signs: one HTML file without script, picture or font from elsewhere; it refers to nothing but
 * its charts' numbers, by {@link ChartFiles}. The first sheet holds what
 * is signed: decision, what it certifies and what not, the attempts before, the hashes that bind it to the evidence, and
 * the two lines. The sheets behind it hold the numbers.
 */
public final class SummaryPage {
    private SummaryPage() {}

    public static String html(Conclusion conclusion, List<Chart> charts) {
        Page page = new Page();
        page.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        page.markup("<meta http-equiv=\"Content-Security-Policy\""
                + " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
        page.markup("<meta name=\"viewport\" content=\"width=device-width\">\n");
        page.element("title", title(conclusion));
        page.markup("<style>\n").markup(css()).markup("</style>\n</head>\n<body>\n<main>\n");
        new PageCover(conclusion).onto(page);
        new PageCriteria(conclusion).onto(page);
        charts(page, charts);
        PageConfigs.of(conclusion).onto(page);
        new PageEvidence(conclusion).onto(page);
        return page.markup("</main>\n</body>\n</html>\n").toString();
    }

    static String title(Conclusion conclusion) {
        return conclusion.decision().words() + " · "
                + conclusion.plan().cluster().name() + " · run " + conclusion.runId();
    }

    private static void charts(Page page, List<Chart> charts) {
        if (charts.isEmpty()) {
            return;
        }
        page.markup("<section>\n").heading("Charts");
        for (int i = 0; i < charts.size(); i++) {
            String csv = ChartFiles.csv(i, charts.get(i));
            page.markup("<figure>\n" + charts.get(i).svg() + "<figcaption>Numbers: <a href=\"" + csv + "\">" + csv
                    + "</a></figcaption>\n</figure>\n");
        }
        page.markup("</section>\n");
    }

    private static String css() {
        try (InputStream css = SummaryPage.class.getResourceAsStream("summary.css")) {
            if (css == null) {
                throw new IllegalStateException("summary.css must lie beside " + SummaryPage.class.getName()
                        + " on the class path; the suite's jar is damaged");
            }
            return new String(css.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("reading summary.css from the class path", e);
        }
    }
}
