package dev.assay.acceptance;

import dev.assay.report.Evidence;
import dev.assay.run.Conclusions;
import dev.assay.run.Run;
import dev.assay.run.RunFacts;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Holds the run for all rows of this process, and sees to its end: whatever stops the process, jobs are cancelled and a
 * verdict is written.
 */
public final class CurrentRun implements LauncherSessionListener {
    private static final class Holder {
        static final Run RUN = open();

        private static Run open() {
            Run run = Run.current();
            Evidence.frame(RunFacts.of(run));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> abort(run), "assay-abort"));
            return run;
        }
    }

    private static volatile boolean used;

    static Run get() {
        used = true;
        return Holder.RUN;
    }

    /** After the last row, also when rows were filtered out: what nobody judged is NOT_RUN in the verdict file. */
    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (used && !Conclusions.concluded(Holder.RUN)) {
            Conclusions.conclude(Holder.RUN, "not asked for: filtered out of this build");
        }
    }

    private static void abort(Run run) {
        if (!Conclusions.concluded(run)) {
            System.out.println("[assay] stopping: cancelling the jobs of this run");
            System.out.println("[assay] " + run.abort("the run was stopped before its end"));
            Conclusions.conclude(run, "the run was stopped before its end");
            System.out.println("[assay] verdict: " + run.output().resolve("verdict.json"));
        }
    }
}
