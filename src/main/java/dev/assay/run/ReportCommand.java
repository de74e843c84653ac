package dev.assay.run;

import dev.assay.cluster.InputException;

/**
 * After the acceptance tests: makes sure that there is a verdict, also when the tests' process died, and prints the screen.
 * Never fails the build: the gate does.
 */
public final class ReportCommand {
    private ReportCommand() {}

    public static void main(String[] arguments) {
        try {
            Run run = Run.open(Options.fromSystemProperties(), false);
            if (!Conclusions.concluded(run)) {
                Conclusions.conclude(run, "the acceptance tests did not finish");
            }
            System.out.println(Conclusions.screen(run));
        } catch (InputException e) {
            System.err.println("No report: " + e.getMessage());
        }
    }
}
