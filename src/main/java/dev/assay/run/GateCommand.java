package dev.assay.run;

import dev.assay.cluster.InputException;
import dev.assay.plan.Row;
import dev.assay.summary.Gate;
import java.util.List;

/** The last step: the build is green only if {@code verdict.json} of this very run says so. */
public final class GateCommand {
    private GateCommand() {}

    public static void main(String[] arguments) {
        System.exit(judge(Options.fromSystemProperties()));
    }

    static int judge(Options options) {
        try {
            Run run = Run.open(options, false);
            List<String> planned = run.plan().rows().stream().map(Row::key).toList();
            return Gate.judge(
                    options.output().resolve("verdict.json"),
                    run.folder().runId(),
                    planned,
                    options.partialOk(),
                    System.out);
        } catch (InputException e) {
            System.err.println("Not accepted: " + e.getMessage());
            return PlanCommand.COULD_NOT_START;
        }
    }
}
