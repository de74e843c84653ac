package dev.assay.run;

import dev.assay.cluster.InputException;
import dev.assay.job.JobException;
import java.io.PrintStream;
import java.util.function.Supplier;

/** The first step of a build: reads, plans, prints the plan, and prepares the run's folder. Starts no job. */
public final class PlanCommand {
    /** Bad input: nothing was submitted. */
    static final int COULD_NOT_START = 2;

    private PlanCommand() {}

    public static void main(String[] arguments) {
        System.exit(run(PlanCommand::typed, System.out, System.err));
    }

    private static Options typed() {
        TypedProperties.check(TypedProperties.here());
        return Options.fromSystemProperties();
    }

    static int run(Supplier<Options> options, PrintStream out, PrintStream err) {
        try {
            Preparation.prepare(options.get(), out);
            return 0;
        } catch (InputException | JobException e) {
            out.flush();
            err.println();
            err.println("Assay cannot start: " + e.getMessage());
            err.println("Nothing was submitted.");
            return COULD_NOT_START;
        }
    }
}
