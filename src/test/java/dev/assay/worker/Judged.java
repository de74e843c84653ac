package dev.assay.worker;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.verdict.Judge;
import dev.assay.verdict.Question;
import dev.assay.verdict.QuestionFields;
import dev.assay.verdict.Verdict;
import java.util.List;
import java.util.Map;

/** What the judge says of a launch on reference devices. */
final class Judged {
    private Judged() {}

    /**
     * @param valuesPerRank that the criterion expects of each rank
     * @param nics of a node, each of {@code nicGBps}
     */
    static Verdict of(LaunchResult launch, Criterion criterion, int valuesPerRank, int nics, double nicGBps) {
        int nodes = launch.nodes().size();
        Question question = QuestionFields.with(
                QuestionFields.question(
                        criterion,
                        nodes,
                        launch.gpusPerNode(),
                        new Question.Contract("reference", 1, 1, 1, Map.of(), true, true, 1, nics, nicGBps)),
                q -> q.valuesPerRank = valuesPerRank);
        return Judge.judge(List.of(question), new ExperimentResult(criterion.workload(), List.of(launch), ""))
                .get(0);
    }
}
