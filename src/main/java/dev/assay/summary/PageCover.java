package dev.assay.summary;

import dev.assay.cluster.Cluster;
import dev.assay.plan.Plan;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;

/** The first sheet: what is signed. */
final class PageCover {
    private static final int ATTEMPTS = 6;
    private static final int OPEN = 4;

    private final Conclusion conclusion;

    PageCover(Conclusion conclusion) {
        this.conclusion = conclusion;
    }

    void onto(Page page) {
        page.markup("<section class=\"cover\">\n");
        header(page);
        decision(page);
        banner(page);
        facts(page);
        open(page);
        warnings(page);
        certified(page);
        attempts(page);
        hashes(page);
        signatures(page);
        page.markup("</section>\n");
    }

    private void header(Page page) {
        page.open("header", "")
                .element("p", "kind", conclusion.suiteOnly() ? "Self-test of the suite" : "Acceptance of a GPU cluster")
                .element("h1", conclusion.plan().cluster().name())
                .close("header");
    }

    private void decision(Page page) {
        page.open("div", "decision " + Shapes.colour(conclusion.decision()))
                .markup(Shapes.of(conclusion.decision()))
                .open("div", "")
                .element("p", "word", conclusion.decision().words())
                .element("p", "meaning", conclusion.meaning())
                .close("div")
                .close("div");
    }

    private void banner(Page page) {
        if (conclusion.suiteOnly()) {
            page.open("p", "banner")
                    .element("strong", "Not an acceptance of hardware: this proves the suite, not a cluster.")
                    .text(
                            " The reference device did the work in plain Java; no GPU was measured, and no figure here says"
                                    + " anything about hardware.")
                    .close("p");
        }
        conclusion
                .replayOf()
                .ifPresent(folder -> page.open("p", "banner")
                        .element("strong", "Replay.")
                        .text(" Recorded results were judged again; nothing was measured now. Recorded in " + folder)
                        .close("p"));
    }

    private void facts(Page page) {
        Plan plan = conclusion.plan();
        Cluster cluster = plan.cluster();
        page.open("dl", "facts");
        page.fact(
                "Inventory",
                Words.count(cluster.nodes().size(), "node") + " × "
                        + Words.count(cluster.gpusPerNode(), "GPU") + " = " + Words.count(cluster.gpus(), "GPU") + " ("
                        + plan.gpuModel().name() + "); seen " + conclusion.gpusSeen());
        page.fact(
                "Measured on",
                Words.nodeCounts(plan.nodeCounts()) + " nodes, " + Words.exact(plan.durationSeconds())
                        + " s per workload and node count");
        page.fact("Verdicts", tally());
        page.fact("Run", conclusion.runId() + ", started " + conclusion.startedAt());
        page.fact("Suite", "Assay " + conclusion.suiteVersion());
        page.close("dl");
    }

    private String tally() {
        List<String> parts = new ArrayList<>();
        for (State state : State.values()) {
            if (conclusion.count(state) > 0) {
                parts.add(conclusion.count(state) + " " + Words.state(state));
            }
        }
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    private void open(Page page) {
        List<Verdict> open = conclusion.verdicts().stream()
                .filter(verdict -> verdict.state() != State.PASS && verdict.state() != State.NOT_APPLICABLE)
                .toList();
        if (open.isEmpty()) {
            return;
        }
        page.heading("What stands in the way").open("ul", "open");
        for (Verdict verdict : open.subList(0, Math.min(OPEN, open.size()))) {
            page.open("li", "").markup(PageCriteria.badge(verdict.state())).markup("<span>");
            page.element("b", verdict.title())
                    .markup("<br>")
                    .text(verdict.sentence())
                    .markup("</span>")
                    .close("li");
        }
        page.close("ul");
        if (open.size() > OPEN) {
            page.element("p", "quiet", "and " + (open.size() - OPEN) + " more, in the table of criteria");
        }
    }

    private void warnings(Page page) {
        if (!conclusion.warnings().isEmpty()) {
            page.heading("Warnings").bullets(conclusion.warnings());
        }
    }

    private void certified(Page page) {
        page.open("div", "pair").open("div", "");
        page.heading(certifying() ? "What this certifies" : "What acceptance would have certified")
                .bullets(conclusion.plan().certifies());
        page.close("div").open("div", "");
        page.heading("What this does not certify").bullets(conclusion.notCertified());
        page.close("div").close("div");
    }

    private boolean certifying() {
        return switch (conclusion.decision()) {
            case ACCEPTED, PARTIAL, SUITE_OK -> true;
            case INCONCLUSIVE, REJECTED, SUITE_BROKEN -> false;
        };
    }

    private void attempts(Page page) {
        List<Attempt> all = conclusion.attemptsBefore();
        page.heading("Attempts before this one");
        if (all.isEmpty()) {
            page.element("p", "None in the ledger of this assay home.");
            return;
        }
        attemptTable(page, all.subList(Math.max(0, all.size() - ATTEMPTS), all.size()));
        if (all.size() > ATTEMPTS) {
            page.element(
                    "p", "quiet", "The last " + ATTEMPTS + " of " + all.size() + "; all of them stand under Evidence.");
        }
    }

    static boolean attemptsShortened(Conclusion conclusion) {
        return conclusion.attemptsBefore().size() > ATTEMPTS;
    }

    static void attemptTable(Page page, List<Attempt> attempts) {
        page.open("table", "plain")
                .heads("Started", "Run", "#Nodes", "Outcome", "Reason")
                .open("tbody", "");
        for (Attempt attempt : attempts) {
            page.open("tr", "")
                    .element("td", "w", attempt.startedAt())
                    .element("td", "w", attempt.runId())
                    .element("td", "n", Words.nodeCounts(attempt.nodeCounts()))
                    .element("td", "w", attempt.outcome())
                    .element("td", attempt.reason())
                    .close("tr");
        }
        page.close("tbody").close("table");
    }

    private void hashes(Page page) {
        Conclusion.Hashes hashes = conclusion.hashes();
        page.open("div", "keep").heading("Bound to this evidence by SHA-256").open("dl", "facts mono");
        page.fact("Raw data", hashes.raw())
                .fact("Criteria", hashes.criteria())
                .fact("Plan", hashes.plan())
                .fact("Suite", hashes.suite());
        page.close("dl").close("div");
    }

    private static void signatures(Page page) {
        page.open("div", "signatures");
        for (String side : List.of("For the customer", "For the vendor")) {
            page.open("div", "").element("h2", side);
            for (String line : List.of("Name", "Date", "Signature")) {
                page.open("p", "line").element("span", line).close("p");
            }
            page.close("div");
        }
        page.close("div");
    }
}
