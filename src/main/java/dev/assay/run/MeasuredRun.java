package dev.assay.run;

import dev.assay.cluster.Cluster;
import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.Plan;
import dev.assay.plan.PlanJson;
import java.nio.file.Path;
import java.util.List;

/** {@code -Dplan.from}: a recorded run, of any suite, read for the parts that a step of training is predicted from. */
final class MeasuredRun {
    private static final int BRIEF = 8;

    private MeasuredRun() {}

    /**
     * @param cluster that the prediction is for
     * @throws dev.assay.cluster.InputException where it is no run folder, was changed, or measured nothing that counts here
     */
    static MeasuredParts read(Path root, Path home, Cluster cluster) {
        RunRecord record = Preparation.record("-Dplan.from", root, home);
        RunFolder folder = new RunFolder(root.toAbsolutePath().normalize(), record.id());
        Plan plan = PlanJson.read(folder.plan());
        List<ExperimentResult> results = plan.experiments().stream()
                .filter(experiment -> Outcome.exists(folder, experiment.id()))
                .map(experiment -> Outcome.read(folder, record.planSha256(), experiment))
                .toList();
        String brief = record.id().substring(0, Math.min(BRIEF, record.id().length()));
        return MeasuredParts.of(plan, results, "run " + brief + " of " + record.startedAt(), cluster);
    }
}
