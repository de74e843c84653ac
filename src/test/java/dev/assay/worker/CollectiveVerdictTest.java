package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.plan.Plan;
import dev.assay.plan.Planner;
import dev.assay.plan.Row;
import dev.assay.plan.Selection;
import dev.assay.verdict.Judge;
import dev.assay.verdict.Question;
import dev.assay.verdict.QuestionFields;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded plan's collectives from plan to verdict. */
@Timeout(60)
class CollectiveVerdictTest {
    private static final Question.Contract CONTRACT =
            new Question.Contract("reference", 0, 0, 0, Map.of(), true, true, 0, 0, 0.125);

    private final Plan plan = Planner.plan(
            ClusterFile.read("embedded"),
            GpuModels.get("reference"),
            CriteriaFile.read("reference", Optional.empty()),
            List.of(),
            5,
            Selection.STANDARD);

    @TempDir
    private Path folder;

    @Test
    void rightCollectivesPassAndTheirSpeedIsShown() throws Exception {
        List<Verdict> verdicts = judged(Ranks.reference());

        assertThat(verdicts)
                .extracting(verdict -> verdict.criterion().id(), Verdict::state)
                .containsExactly(
                        tuple("collective-correct", State.PASS),
                        tuple("all-reduce-cluster", State.NOT_APPLICABLE),
                        tuple("all-reduce-iteration-median", State.NOT_APPLICABLE),
                        tuple("all-reduce-iteration-p95", State.NOT_APPLICABLE));
        assertThat(verdicts.get(1).value().orElseThrow()).isPositive();
        assertThat(verdicts.get(3).value().orElseThrow())
                .isPositive()
                .isGreaterThanOrEqualTo(verdicts.get(2).value().orElseThrow());
    }

    @Test
    void wrongOnesFail() throws Exception {
        List<Verdict> verdicts = judged(Ranks.faulty(1, FaultyDevice.Fault.WRONG_ELEMENTS));

        assertThat(verdicts).extracting(Verdict::state).containsOnly(State.FAIL);
        assertThat(verdicts.get(0).sentence()).contains("collective.", "node2");
    }

    private List<Verdict> judged(DeviceFactory devices) throws Exception {
        Ranks ranks = Ranks.of(folder, plan.experiment("collective").workload(), LaunchRole.LOAD, 2, 1);
        ranks.run(devices);
        return Judge.judge(
                plan.rows().stream()
                        .filter(row -> row.experiment().equals("collective"))
                        .map(CollectiveVerdictTest::question)
                        .toList(),
                new ExperimentResult("collective", List.of(ranks.launch()), ""));
    }

    private static Question question(Row row) {
        return QuestionFields.question(row.criterion(), 2, 1, CONTRACT);
    }
}
