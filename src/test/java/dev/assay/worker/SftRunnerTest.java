package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.Check;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.plan.Spec;
import dev.assay.training.AdamW;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.workload.Sft;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SftRunnerTest {
    @TempDir
    private Path folder;

    static Sft sft(ModelFamily family, int stage) {
        ModelShape shape = new ModelShape(family, 1, 64, 1, 1, 64, 96, 120, 16);
        StepSetup setup = new StepSetup(
                shape, 16, 2, 2, ZeroSetup.defaults(stage, false), Recomputation.FULL, CollectiveMode.DEEPSPEED, 2, 2);
        return new Sft(
                "tiny",
                "explicit",
                Sft.Run.NOMINAL,
                "",
                setup,
                new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1),
                new GradientClipping(1),
                1,
                1,
                3);
    }

    @ParameterizedTest
    @EnumSource(ModelFamily.class)
    void everyStepIsTimedAndChecked(ModelFamily family) throws Exception {
        Ranks ranks = Ranks.of(folder, sft(family, 1), LaunchRole.BASELINE, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            for (Metric metric :
                    new Metric[] {Metric.STEP_TIME, Metric.TRAIN_FORWARD, Metric.TRAIN_BACKWARD, Metric.TRAIN_UPDATE}) {
                assertThat(samples(result, metric)).as(metric.key()).hasSize(3).allMatch(millis -> millis > 0);
            }
            assertThat(samples(result, Metric.TRAIN_LOSS)).as("of all four").hasSize(4);
            assertThat(samples(result, Metric.TRAIN_GRADIENT_NORM)).hasSize(4).allMatch(norm -> norm > 0);
            assertThat(samples(result, Metric.STEP_TOKENS)).containsExactly(64.0);
            assertThat(samples(result, Metric.STEP_BYTES))
                    .as("alone, nothing travels")
                    .containsExactly(0.0);
            assertThat(result.checks()).extracting(Check::name).containsExactly("sft.finite", "sft.start", "sft.falls");
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
            assertThat(result.digests()).hasSize(1);
        }
        assertThat(ranks.result(0).digests())
                .as("the same seed, data and rank")
                .isEqualTo(ranks.result(1).digests());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void ranksTrainOneModelUnderEveryStage(int stage) throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, stage), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.checks())
                    .extracting(Check::name)
                    .containsExactly("sft.finite", "sft.start", "sft.falls", "allreduce.norm");
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
            assertThat(samples(result, Metric.STEP_BYTES).get(0)).isPositive();
            assertThat(samples(result, Metric.TRAIN_LOSS))
                    .as("of all ranks")
                    .isEqualTo(samples(ranks.result(0), Metric.TRAIN_LOSS));
            assertThat(result.digests()).isEqualTo(ranks.result(0).digests());
        }
    }

    /** Named on every measurement, with the share that the load proof needs; the checks hold as they do in bf16. */
    @ParameterizedTest
    @EnumSource(ModelFamily.class)
    void fp8IsNamedAndTrains(ModelFamily family) throws Exception {
        Ranks ranks = Ranks.of(folder, in(MatrixPrecision.FP8, sft(family, 3)), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        for (RankResult result : ranks.results()) {
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0 && check.worst() <= 1);
            assertThat(result.digests()).isEqualTo(ranks.result(0).digests());
            for (Metric metric : new Metric[] {Metric.STEP_TIME, Metric.STEP_FLOP, Metric.STEP_FLOP_EXECUTED}) {
                assertThat(result.measurement(metric).orElseThrow().conditions())
                        .containsEntry("dtype", "fp8-e4m3");
            }
            assertThat(Double.parseDouble(String.valueOf(result.measurement(Metric.STEP_FLOP_EXECUTED)
                            .orElseThrow()
                            .conditions()
                            .get("fp8Share"))))
                    .isBetween(0.5, 0.95);
        }
    }

    @Test
    void bf16HasNoTypeInItsConditions() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 0), LaunchRole.BASELINE, 1, 1);

        assertThat(ranks.run(Ranks.reference())).containsOnly(Worker.DONE);

        assertThat(ranks.result(0).measurements())
                .noneMatch(each -> each.conditions().containsKey("dtype"));
    }

    private static Sft in(MatrixPrecision precision, Sft of) {
        return new Sft(
                of.config(),
                of.model(),
                of.run(),
                of.standIn(),
                of.setup().in(precision),
                of.optimizer(),
                of.clipping(),
                of.baselineNodes(),
                of.warmUpSteps(),
                of.measuredSteps());
    }

    @Test
    void ranksThatTrainAloneAreFound() throws Exception {
        Ranks ranks = Ranks.of(folder, sft(ModelFamily.LLAMA, 0), LaunchRole.SCALED, 2, 1);

        assertThat(ranks.run(SftRunnerTest::deaf)).containsOnly(Worker.DONE);

        RankResult result = ranks.result(1);
        assertThat(result.checks())
                .filteredOn(check -> check.name().equals("allreduce.norm"))
                .hasSize(1)
                .allMatch(check -> check.wrong() > 0);
        assertThat(result.digests()).isNotEqualTo(ranks.result(0).digests());
    }

    private static Device deaf(Spec spec, RankEnvironment environment) {
        return new DelegatingDevice(new ReferenceDevice(environment.node(), environment.localRank())) {
            @Override
            public Communicator join(byte[] id, int rank, int count) {
                return new DeafCommunicator(super.join(id, rank, count));
            }
        };
    }

    private static List<Double> samples(RankResult result, Metric metric) {
        return result.measurement(metric).map(Measurement::samples).orElseThrow();
    }
}
