package dev.assay.summary;

import dev.assay.criteria.Criterion;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.List;

/** The table of criteria: a line of numbers for each, and under it where they come from. */
final class PageCriteria {
    private static final int COLUMNS = 9;

    private final Conclusion conclusion;

    PageCriteria(Conclusion conclusion) {
        this.conclusion = conclusion;
    }

    void onto(Page page) {
        page.markup("<section class=\"sheet\">\n").heading("Criteria");
        page.element(
                "p",
                "quiet",
                "The value is that of the worst unit. A value above the ceiling says that the test is broken. The margin is the"
                        + " distance from the limit, positive on the good side; the spread is (highest − lowest) / median over"
                        + " units, for scale efficiency the half width of the interval. Margin and ceiling are in the unit of the value.");
        page.open("table", "criteria")
                .heads(
                        "State",
                        "Criterion",
                        "#Nodes",
                        "#Value",
                        "#Limit",
                        "#Margin",
                        "#Ceiling",
                        "#Spread",
                        "#Coverage");
        conclusion.verdicts().forEach(verdict -> row(page, verdict));
        page.close("table");
        details(page);
        page.markup("</section>\n");
    }

    /** Shape, word and colour. */
    static String badge(State state) {
        return "<span class=\"badge " + Shapes.colour(state) + "\">" + Shapes.of(state) + Clean.html(Words.state(state))
                + "</span>";
    }

    private static void row(Page page, Verdict verdict) {
        page.open("tbody", verdict.state() == State.FAIL ? "failed" : "").open("tr", "numbers");
        page.open("td", "").markup(badge(verdict.state())).close("td");
        page.element("td", "title", verdict.criterion().title());
        page.element("td", "n", String.valueOf(verdict.nodes()));
        page.element("td", "n value", Words.valueWithUnit(verdict));
        page.element("td", "n", Words.limit(verdict));
        page.element("td", "n", Words.margin(verdict));
        page.element("td", "n", Words.ceilingNumber(verdict));
        page.element("td", "n", Words.spread(verdict));
        page.element(
                "td",
                "n",
                verdict.coverage().measured() + "/" + verdict.coverage().expected() + " "
                        + verdict.coverage().what());
        page.close("tr").open("tr", "notes").markup("<td></td><td colspan=\"" + (COLUMNS - 1) + "\">");
        notes(page, verdict);
        page.close("td").close("tr").close("tbody");
    }

    private static void notes(Page page, Verdict verdict) {
        Criterion criterion = verdict.criterion();
        if (verdict.state() != State.PASS) {
            page.element("p", "sentence", Words.finding(verdict));
        }
        criterion
                .siteLimit()
                .ifPresent(site -> page.open("p", "override")
                        .element("b", "Site's own limit: ")
                        .text(Words.limit(verdict) + " instead of the default "
                                + Words.limit(site.defaultLimit(), criterion.unit()) + ". Reason: " + site.reason())
                        .close("p"));
        page.open("p", "");
        verdict.worstUnit().ifPresent(unit -> note(page, "Worst unit", unit));
        verdict.baseline().ifPresent(baseline -> note(page, "Baseline", baseline));
        note(page, "Source of the limit", criterion.source());
        page.element("span", "key", verdict.key()).close("p");
    }

    private static void note(Page page, String name, String value) {
        page.open("span", "note").element("i", name).text(" " + value).close("span");
    }

    private void details(Page page) {
        List<Verdict> detailed = conclusion.verdicts().stream()
                .filter(verdict -> !verdict.details().isEmpty())
                .toList();
        if (detailed.isEmpty()) {
            return;
        }
        page.heading("Details");
        for (Verdict verdict : detailed) {
            page.markup("<details open>\n").open("summary", "").markup(badge(verdict.state()) + " ");
            page.text(verdict.title())
                    .close("summary")
                    .element("p", Words.finding(verdict))
                    .bullets(verdict.details());
            page.markup("</details>\n");
        }
    }
}
