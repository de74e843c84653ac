package dev.assay.acceptance;

import dev.assay.report.Evidence;
import dev.assay.run.Conclusions;
import dev.assay.run.Run;
import dev.assay.summary.ChartFiles;
import dev.assay.summary.Conclusion;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Runs last, is shown first: the decision over all rows, with the page to sign. Belongs to every family, whichever is selected. */
@Tag("hbm")
@Tag("memtest")
@Tag("host-link")
@Tag("launch")
@Tag("peer")
@Tag("collective")
@Tag("fabric")
@Tag("node-pair")
@Tag("rdma")
@Tag("gemm")
@Tag("burn")
@Tag("coupled")
@Tag("sft")
@Order(Integer.MAX_VALUE)
@DisplayName("Summary")
class SummaryIT {
    @Test
    @DisplayName("Summary")
    void decides() {
        Run run = CurrentRun.get();

        Conclusion conclusion = Conclusions.conclude(run, "not asked for: filtered out of this build");

        Evidence.describe(
                Evidence.SUMMARY,
                "Decision",
                conclusion.decision().words(),
                "Summary: " + conclusion.decision().words());
        Evidence.parameter("cluster", run.plan().cluster().name());
        Evidence.explain(conclusion.meaning());
        Evidence.attachFile("Summary page to print and sign", run.output().resolve("summary.html"));
        Evidence.attachFile("verdict.json", run.output().resolve("verdict.json"));
        Evidence.attachFiles(run.output().resolve(ChartFiles.FOLDER), ".csv");
        Acceptance.assertAccepting(conclusion);
    }
}
