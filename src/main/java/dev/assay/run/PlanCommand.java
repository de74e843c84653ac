package dev.assay.run;

import dev.assay.cluster.InputException;
import dev.assay.job.JobException;

/** The first step of a build: reads, plans, prints the plan, and prepares the run's folder. Starts no job. */
public final class PlanCommand {
    /** Bad input: nothing was submitted. */
    static final int COULD_NOT_START = 2;

    private PlanCommand() {}

    public static void main(String[] arguments) {
        System.exit(run(Options::fromSystemProperties, System.getProperty("plan") != null));
    }

    static int run(java.util.function.Supplier<Options> options, boolean printOnly) {
        try {
            Preparation.prepare(options.get(), printOnly, System.out);
            return 0;
        } catch (InputException | JobException e) {
            System.out.flush();
            System.err.println();
            System.err.println("Assay cannot start: " + e.getMessage());
            System.err.println("Nothing was submitted.");
            return COULD_NOT_START;
        }
    }
}
