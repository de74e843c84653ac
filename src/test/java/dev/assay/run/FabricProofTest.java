package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.measurement.Metric;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.plan.SftPlanner;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Rows of the plan for 2, 4 and 8 nodes; their verdicts are made up. */
class FabricProofTest {
    private static final Plan PLAN = SftPlanner.plan(
            ClusterFile.read("spectrumx-h200"),
            GpuModels.get("h200-sxm"),
            CriteriaFile.read("h200-sxm", Optional.empty()),
            List.of(),
            60,
            Optional.empty(),
            Path.of("ds-configs"),
            MeasuredParts.none());

    /** What a verdict of a run that does not feel the fabric has among its details. */
    private static final String BLIND =
            "a row of a stress variant, on as many nodes or more, must have shown the fabric";

    private final List<String> asked = new ArrayList<>();

    @Test
    void theFewestNodesThatAreEnoughAreAskedFirst() {
        assertThat(judge("sft-13b-scale-efficiency@4", State.PASS)).isEqualTo("sft-13b-stress-fabric@4");
        assertThat(asked).containsExactly("sft-13b-stress-fabric@4");
    }

    @Test
    void moreNodesShowItToo() {
        assertThat(judge("sft-13b-scale-efficiency@4", State.FAIL, State.PASS)).isEqualTo("sft-70b-stress-fabric@8");
        assertThat(asked)
                .as("that of 7B is of two nodes")
                .containsExactly("sft-13b-stress-fabric@4", "sft-70b-stress-fabric@8");
    }

    @Test
    void fewerNodesDoNotAndNothingButAPassDoes() {
        assertThat(judge("sft-70b-scale-efficiency@8", State.INCONCLUSIVE, State.NOT_RUN))
                .isEqualTo("nothing");
        assertThat(asked).containsExactly("sft-70b-stress-fabric@8", "sft-175b-stress-fabric@8");
    }

    @Test
    void whoFeelsTheFabricAsksNobody() {
        Row row = row("sft-7b-scale-efficiency@2");

        Verdict verdict = FabricProof.judge(
                row, PLAN.rows(), by -> verdict(row, State.PASS, List.of()), other -> fabric(other, State.PASS));

        assertThat(verdict.state()).isEqualTo(State.PASS);
        assertThat(asked).isEmpty();
    }

    /** @return the row that the judge was told of */
    private String judge(String key, State... states) {
        Row row = row(key);
        return FabricProof.judge(
                        row,
                        PLAN.rows(),
                        by -> by.map(shown -> verdict(row, State.PASS, List.of(shown)))
                                .orElseGet(() -> verdict(row, State.INCONCLUSIVE, List.of("nothing", BLIND))),
                        other -> fabric(other, states[Math.min(asked.size(), states.length - 1)]))
                .details()
                .get(0);
    }

    private Verdict fabric(Row row, State state) {
        assertThat(row.criterion().metric()).isEqualTo(Metric.TRAIN_FABRIC);
        asked.add(row.key());
        return verdict(row, state, List.of());
    }

    private static Row row(String key) {
        return PLAN.rows().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static Verdict verdict(Row row, State state, List<String> details) {
        return new Verdict(
                row.key(),
                row.criterion(),
                row.nodes(),
                row.gpusPerNode(),
                row.title(),
                state,
                "made up",
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                new Coverage(1, 1, "launches"),
                details);
    }
}
