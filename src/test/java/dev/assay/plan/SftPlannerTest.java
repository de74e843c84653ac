package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.cluster.Nics;
import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.PlannedFigures;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.training.Collective;
import dev.assay.training.Figure;
import dev.assay.training.GradientClipping;
import dev.assay.training.Machine;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelFamily;
import dev.assay.training.RehearsalTime;
import dev.assay.training.StepCollectives;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSchedule;
import dev.assay.workload.Sft;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SftPlannerTest {
    private static final Path CONFIGS = Path.of("ds-configs");
    private static final Cluster SPECTRUMX = ClusterFile.read("spectrumx-h200");
    private static final Cluster EMBEDDED = ClusterFile.read("embedded");

    @Test
    void everyConfigRunsWhereItSaysWithItsStressVariant() {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());

        assertThat(plan.experiments())
                .extracting(Experiment::id)
                .containsExactly(
                        "sft-7b-2",
                        "sft-7b-2-stress",
                        "sft-13b-4",
                        "sft-13b-4-stress",
                        "sft-70b-8",
                        "sft-70b-8-stress",
                        "sft-175b-8",
                        "sft-175b-8-stress");
        assertThat(plan.nodeCounts()).containsExactly(2, 4, 8);
        assertThat(plan.experiments()).allMatch(each -> each.notRunnable().isEmpty());
        assertThat(plan.wholeInventory())
                .as("training alone accepts no cluster")
                .isFalse();
        assertThat(plan.omits()).anyMatch(line -> line.startsWith("What -Dsuite=sft leaves out: hbm, "));
    }

    @Test
    void baselinesAndScaledLaunchesTakeTurns() {
        Experiment seventy = plan(SPECTRUMX, List.of(), Optional.empty()).experiment("sft-70b-8");

        assertThat(seventy.launches()).hasSize(10);
        assertThat(seventy.launches())
                .extracting(Launch::role)
                .startsWith(LaunchRole.BASELINE, LaunchRole.SCALED, LaunchRole.SCALED, LaunchRole.BASELINE);
        assertThat(seventy.launches()).allMatch(launch -> launch.nodes().size() == 8);
        Sft sft = (Sft) seventy.workload();
        assertThat(sft.baselineNodes()).as("as the config says").isEqualTo(2);
        assertThat(sft.standIn()).isEmpty();
        assertThat(sft.setup().zero().stage()).isEqualTo(3);
        assertThat(sft.setup().accumulation()).isEqualTo(16);
        assertThat(sft.clipping().maxNorm()).isEqualTo(1);
        assertThat(sft.optimizer().learningRate()).isGreaterThan(0);
        assertThat(sft.measuredSteps()).isGreaterThanOrEqualTo(Sft.FEWEST_MEASURED);
        assertThat(((Sft) plan(SPECTRUMX, List.of(), Optional.empty())
                                .experiment("sft-7b-2-stress")
                                .workload())
                        .measuredSteps())
                .as("short steps are many")
                .isGreaterThanOrEqualTo(20);
    }

    /** Steps without collectives: as the measured ones, in the first launch of all ranks alone, and the launcher waits for them. */
    @Test
    void oneLaunchOfAnExperimentRunsSilentSteps() {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());
        Experiment seven = plan.experiment("sft-7b-2");
        Sft sft = (Sft) seven.workload();

        List<Spec> silent = seven.launches().stream()
                .map(launch -> Specs.of(plan, seven, launch, "run", "hash", 1))
                .filter(spec -> spec.silentSeconds() > 0)
                .toList();

        assertThat(sft.silentSteps()).isEqualTo(2);
        assertThat(silent).extracting(Spec::launch).containsExactly("scaled-2-r0");
        assertThat(silent.get(0).silentSeconds())
                .isCloseTo(
                        seven.warmUpSeconds() + silent.get(0).measuredSeconds() * 2 / sft.measuredSteps(),
                        within(1e-9));
        assertThat(silent.get(0).patienceSeconds())
                .isGreaterThan(
                        2 * silent.get(0).measuredSeconds() + 3 * silent.get(0).silentSeconds());
    }

    /** 175B on two nodes needs 162.6 GiB a GPU for its states alone. */
    @Test
    void whatDoesNotFitIsNotRunAndNotMadeSmaller() {
        Plan plan = plan(SPECTRUMX, List.of(2, 8), Optional.of(CONFIGS.resolve("ds_config_175b.json")));

        Experiment two = plan.experiment("sft-175b-2");
        assertThat(two.launches()).isEmpty();
        assertThat(two.notRunnable().orElseThrow())
                .contains("does not fit 2 nodes: weights, gradients and states 162.6 + ", " GiB > 112.3 GiB")
                .contains("not made smaller");
        assertThat(((Sft) two.workload()).setup().model().layers()).isEqualTo(96);
        assertThat(plan.experiment("sft-175b-8").launches()).isNotEmpty();
        assertThat(plan.rows())
                .filteredOn(row -> row.experiment().equals("sft-175b-2"))
                .as("it is asked for, so that it is missed")
                .extracting(Row::key)
                .contains("sft-175b-utilisation@2", "sft-175b-mfu-gpt3-175b@2");
        assertThat(plan.omits()).anyMatch(line -> line.contains("cannot run") && line.contains("sft-175b-2"));
        assertThat(PlanText.of(plan)).contains("sft-175b-2   NOT RUN: it does not fit 2 nodes");
    }

    @Test
    void scaleEfficiencyIsAskedWhereThereIsABaseline() {
        Plan plan = plan(SPECTRUMX, List.of(1, 2, 4), Optional.of(CONFIGS.resolve("ds_config_70b.json")));

        assertThat(plan.rows())
                .filteredOn(row -> row.criterion().metric() == Metric.SCALE_EFFICIENCY)
                .extracting(Row::nodes)
                .containsOnly(4);
        assertThat(plan.experiment("sft-70b-2").launches()).hasSize(1);
        assertThat(plan.omits())
                .anyMatch(line ->
                        line.contains("Scale efficiency of sft-70b-2: it is not larger than its baseline, 2 nodes"));
        assertThat(plan.extension()).extracting(Experiment::id).contains("sft-70b-4-extension");
    }

    @Test
    void criteriaCarryTheConfigsNameAndFloors() {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());

        Criterion mfu = criterion(plan, "sft-70b-mfu-llama2-70b@8");
        assertThat(mfu.limit()).isEqualTo(new Limit.AtLeast(36));
        assertThat(mfu.judged()).isTrue();
        assertThat(mfu.conditions()).isEmpty();
        assertThat(mfu.requires())
                .containsExactly("sft-70b-correct", "sft-70b-load-proof", "sft-70b-foreign-processes");
        assertThat(mfu.title()).startsWith("70b: MFU");
        assertThat(criterion(plan, "sft-7b-utilisation@2").requires())
                .contains("sft-7b-load-proof", "sft-7b-power-limit");
        assertThat(criterion(plan, "sft-7b-stress-mfu@2").judged()).isFalse();
        assertThat(plan.rows()).extracting(Row::key).doesNotHaveDuplicates();
        assertThat(plan.rows())
                .flatExtracting(row -> row.criterion().requires())
                .allMatch(id -> plan.rows().stream()
                        .anyMatch(row -> row.criterion().id().equals(id)));
    }

    /** Nothing about a network passes unless the network was looked at. */
    @Test
    void severalNodesAreAskedForTheirNicsAndTheStressVariantForTheFabric() {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());

        for (String config : List.of("7b@2", "13b@4", "70b@8", "175b@8")) {
            String[] at = config.split("@", -1);
            for (String run : List.of("", "-stress")) {
                for (String what :
                        List.of("nic-bytes", "nic-share", "nic-link-down", "nic-errors", "nic-retransmits")) {
                    assertThat(criterion(plan, "sft-" + at[0] + run + "-" + what + "@" + at[1])
                                    .judged())
                            .isTrue();
                }
            }
            assertThat(criterion(plan, "sft-" + at[0] + "-scale-efficiency@" + at[1])
                            .requires())
                    .contains("sft-" + at[0] + "-nic-bytes", "sft-" + at[0] + "-nic-share");
            Criterion fabric = criterion(plan, "sft-" + at[0] + "-stress-fabric@" + at[1]);
            assertThat(fabric.judged()).isTrue();
            assertThat(fabric.requires())
                    .contains("sft-" + at[0] + "-stress-nic-bytes", "sft-" + at[0] + "-stress-sensitivity");
            assertThat(criterion(plan, "sft-" + at[0] + "-memory@" + at[1]).judged())
                    .isTrue();
        }
        assertThat(plan.certifies()).anyMatch(line -> line.startsWith("The fabric under training: the stress variant"));
    }

    /** Weights that ZeRO-1 and 2 gather after the optimizer hide behind nothing; those of other stages are no excuse. */
    @ParameterizedTest
    @CsvSource({
        "7b, -utilisation-seconds-gathering@2, -utilisation-seconds@2, 60",
        "13b, -utilisation-seconds-gathering@4, -utilisation-seconds@4, 60",
        "70b, -utilisation-seconds@8, -utilisation-seconds-gathering@8, 80",
        "175b, -utilisation-seconds@8, -utilisation-seconds-gathering@8, 80"
    })
    void theWorstSecondIsJudgedByTheConfigsStage(String config, String key, String other, double floor) {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());

        assertThat(criterion(plan, "sft-" + config + key).limit()).isEqualTo(new Limit.AtLeast(floor));
        assertThat(plan.rows())
                .extracting(Row::key)
                .doesNotContain("sft-" + config + other)
                .noneMatch(each -> each.contains("-stress-utilisation-seconds"));
    }

    /** metrics.md: SM-active alone proves little. */
    @Test
    void utilisationHoldsOnlyWithItsWholeGround() {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());

        assertThat(criterion(plan, "sft-7b-utilisation@2").requires())
                .containsExactlyInAnyOrder(
                        "sft-7b-utilisation-seconds-gathering",
                        "sft-7b-mfu-llama2-7b",
                        "sft-7b-load-proof",
                        "sft-7b-power-limit",
                        "sft-7b-power",
                        "sft-7b-warmth",
                        "sft-7b-correct",
                        "sft-7b-foreign-processes");
        assertThat(criterion(plan, "sft-175b-utilisation@8").requires())
                .contains("sft-175b-utilisation-seconds", "sft-175b-mfu-gpt3-175b");
        assertThat(criterion(plan, "sft-7b-power@2").limit()).isEqualTo(new Limit.AtLeast(550));
        assertThat(criterion(plan, "sft-7b-load-proof@2").limit()).isEqualTo(new Limit.Within(0.84, 0.99));
    }

    /** Without a floor SM-active cannot rest on one; a floor that the file names for its own model is one. */
    @Test
    void aFloorOfItsOwnIsUtilisationsGroundToo(@TempDir Path folder) throws Exception {
        Path without = folder.resolve("without.json");
        Path with = folder.resolve("with.json");
        Files.writeString(without, explicit().replaceAll("\"mfu\": [0-9.]+,", ""));
        Files.writeString(with, explicit());

        assertThat(criterion(plan(SPECTRUMX, List.of(2), Optional.of(without)), "sft-without-utilisation@2")
                        .requires())
                .contains("sft-without-load-proof")
                .noneMatch(id -> id.contains("mfu"));
        assertThat(criterion(plan(SPECTRUMX, List.of(2), Optional.of(with)), "sft-with-utilisation@2")
                        .requires())
                .contains("sft-with-mfu-other");
    }

    /** What GPM tells beside SM-active is shown, and a GPU that is slower than its fleet is found by what waits for nobody. */
    @Test
    void countersAreShownAndTheFleetIsCompared() {
        Plan plan = plan(SPECTRUMX, List.of(), Optional.empty());

        for (String run : List.of("7b", "7b-stress")) {
            assertThat(criterion(plan, "sft-" + run + "-tensor@2").judged()).isFalse();
            assertThat(criterion(plan, "sft-" + run + "-dram@2").judged()).isFalse();
        }
        assertThat(criterion(plan, "sft-7b-stress-power@2").judged()).isFalse();
        for (String config : List.of("7b@2", "13b@4")) {
            Criterion spread = criterion(plan, "sft-" + config.replace("@", "-forward-spread@"));
            assertThat(spread.judged()).isTrue();
            assertThat(spread.limit()).isEqualTo(new Limit.AtMostOfMedian(1.031));
        }
        assertThat(plan.rows())
                .extracting(Row::key)
                .noneMatch(key -> key.matches("sft-(70b|175b|.*-stress)-forward-spread@8"));
        Plan alone = plan(
                PlannerTest.h200(1, 1, new Nics(2, 400), true),
                List.of(1),
                Optional.of(CONFIGS.resolve("ds_config_7b.json")));
        assertThat(alone.rows()).extracting(Row::key).noneMatch(key -> key.contains("-forward-spread"));
    }

    @ParameterizedTest
    @CsvSource({"llama2-7b, 40", "llama2-13b, 40", "llama2-70b, 36", "llama3-8b, 38", "llama3-70b, 36", "gpt3-175b, 36"
    })
    void everyPresetHasAFloorOfItsOwn(String model, double floor, @TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        String text = Files.readString(CONFIGS.resolve("ds_config_70b.json"));
        Files.writeString(
                own, text.replace("\"llama2-70b\"", "\"" + model + "\"").replaceAll("\"mfu\": [0-9.]+,", ""));

        Plan plan = plan(SPECTRUMX, List.of(8), Optional.of(own));

        Criterion mfu = criterion(plan, "sft-mine-mfu-" + model + "@8");
        assertThat(mfu.judged()).isTrue();
        assertThat(mfu.limit()).isEqualTo(new Limit.AtLeast(floor));
        assertThat(plan.rows()).extracting(Row::key).doesNotContain("sft-mine-mfu-other@8");
    }

    private static String explicit() throws Exception {
        return Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                .replace(
                        "\"model\": \"llama2-7b\"",
                        "\"model\": {\"family\": \"llama\", \"layers\": 32, \"hidden\": 4096, \"heads\": 32,"
                                + " \"kvHeads\": 8, \"headSize\": 128, \"feedForward\": 11008,"
                                + " \"vocabulary\": 32000, \"positions\": 4096}");
    }

    /** 2 × 400 GbE a node: 70B and 175B by ZeRO-3 expose a third of a step and more. */
    @Test
    void floorsBeyondTheProjectionAreNamed() {
        List<String> omits = plan(SPECTRUMX, List.of(), Optional.empty()).omits();

        assertThat(omits)
                .anyMatch(line -> line.contains("reaches 70b: MFU") && line.contains("≥ 36 %"))
                .anyMatch(line -> line.contains("reaches 70b: Scale efficiency of training ≥ 95 %"))
                .anyMatch(line -> line.contains("reaches 175b: MFU"))
                .noneMatch(line -> line.contains("reaches 7b:") || line.contains("reaches 13b:"));
    }

    /** A site that does not judge the stress variant is told that nothing is said of its fabric. */
    @Test
    void withoutAJudgedStressVariantNothingIsSaidOfTheFabric() {
        List<Criterion> nominal =
                CriteriaFile.read(SPECTRUMX.gpuModel(), Optional.empty())
                        .resolveTraining(new PlannedFigures(87.5, 0, 50))
                        .stream()
                        .filter(criterion -> criterion.metric() != Metric.TRAIN_FABRIC)
                        .toList();
        TrainingCase seven = TrainingCases.ofFile(CONFIGS.resolve("ds_config_7b.json"));
        SftCriteria asked = new SftCriteria(nominal, DeviceKind.CUDA);
        List<SftExperiment> all = Arrays.stream(Sft.Run.values())
                .map(run -> SftExperiment.of(seven, run, 2, SPECTRUMX, GpuModels.get(SPECTRUMX.gpuModel()), 60))
                .toList();

        assertThat(SftScope.certifies(SPECTRUMX, all, asked)).noneMatch(line -> line.contains("fabric"));
        assertThat(SftScope.omits(
                        SPECTRUMX,
                        new Selection(Suite.SFT, List.of()),
                        CriteriaFile.read(SPECTRUMX.gpuModel(), Optional.empty()),
                        all,
                        List.of(),
                        asked))
                .anyMatch(line ->
                        line.startsWith("The fabric under sft-7b-2: no stress variant on as many nodes is judged"));
    }

    /**
     * As predicted, on a fabric at 0.9 of its line rate, so that a sound cluster meets it; and beyond it on one at a third of its
     * floor, or it would judge nothing.
     */
    @ParameterizedTest
    @CsvSource({"7b, 2, 1", "13b, 4, 1", "70b, 8, 2", "175b, 8, 4"})
    void whatTheFabricMayCostIsMetBySoundOnesOnly(String config, int nodes, int baseline) {
        TrainingCase training = TrainingCases.ofFile(CONFIGS.resolve("ds_config_" + config + ".json"));
        double floor = plan(SPECTRUMX, List.of(), Optional.empty()).fabricFloorGBps();
        Machine sound = TrainingMachine.of(SPECTRUMX, GpuModels.get(SPECTRUMX.gpuModel()));
        Machine broken = new Machine(
                sound.gpusPerNode(),
                sound.peakTflops(),
                sound.memoryGBps(),
                sound.estimate(Figure.NODE_ALL_REDUCE).value(),
                sound.estimate(Figure.NODE_GATHER).value(),
                floor / 3 / Machine.NIC_SHARE);

        assertThat(fabric(training, sound, nodes, baseline, floor)).isLessThan(1);
        assertThat(fabric(training, broken, nodes, baseline, floor)).isGreaterThan(1);
    }

    /** As the judge counts it, of what is predicted. */
    private static double fabric(TrainingCase training, Machine machine, int nodes, int baseline, double floor) {
        StepSetup setup = training.stressed(8 * nodes);
        StepPrediction step = StepPrediction.of(setup, machine, nodes);
        StepPrediction base = StepPrediction.of(training.stressed(8 * baseline), machine, baseline);
        double halfPeak = step.framework() * machine.flopPerSecond() / (0.5 * machine.peakTflops() * 1e12);
        double alone = baseline == 1 ? base.step() : Math.min(base.step(), halfPeak);
        return (step.step() - alone) / (StepCollectives.busBytes(setup, 8 * nodes) / (floor * 1e9));
    }

    @Test
    void oneNodeAndOneHostHaveNoFabric() {
        Plan one = plan(SPECTRUMX, List.of(1), Optional.of(CONFIGS.resolve("ds_config_7b.json")));
        Plan shared = plan(
                PlannerTest.h200(2, 8, new Nics(2, 400), true),
                List.of(2),
                Optional.of(CONFIGS.resolve("ds_config_7b.json")));

        for (Plan plan : List.of(one, shared)) {
            assertThat(plan.rows())
                    .extracting(Row::key)
                    .noneMatch(
                            key -> key.contains("-nic-") || key.contains("-fabric@") || key.contains("-sensitivity@"));
            assertThat(plan.rows())
                    .flatExtracting(row -> row.criterion().requires())
                    .noneMatch(id -> id.contains("-nic-"));
            assertThat(plan.certifies()).noneMatch(line -> line.contains("fabric"));
        }
    }

    /** 70B needs two nodes; one as baseline cannot be, and the row says so with the arithmetic. */
    @Test
    void aBaselineThatDoesNotFitIsNotRunWithTheArithmetic(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        Files.writeString(
                own,
                Files.readString(CONFIGS.resolve("ds_config_70b.json"))
                        .replace("\"baselineNodes\": 2", "\"baselineNodes\": 1"));

        Plan plan = plan(SPECTRUMX, List.of(4), Optional.of(own));

        assertThat(plan.experiment("sft-mine-4").launches()).hasSize(1);
        assertThat(plan.experiment("sft-mine-4-scale").notRunnable())
                .get()
                .asString()
                .startsWith("its baseline does not fit 1 node: weights, gradients and states ")
                .contains(" GiB > 112.3 GiB");
        assertThat(row(plan, "sft-mine-scale-efficiency@4").experiment()).isEqualTo("sft-mine-4-scale");
        assertThat(row(plan, "sft-mine-stress-fabric@4").experiment()).isEqualTo("sft-mine-4-stress-scale");
        assertThat(row(plan, "sft-mine-nic-bytes@4").experiment()).isEqualTo("sft-mine-4");
        assertThat(plan.omits())
                .anyMatch(line -> line.contains("sft-mine-4-scale") && line.contains("nothing is accepted"))
                .anyMatch(line ->
                        line.startsWith("The fabric under sft-mine-4: no stress variant on as many nodes is judged"));
        assertThat(PlanText.of(plan)).contains("sft-mine-4-scale", "NOT RUN: its baseline does not fit 1 node");
    }

    @Test
    void aNumberOfNodesThatIsNoMultipleOfTheBaselineIsNotRun() {
        Plan plan = plan(SPECTRUMX, List.of(3), Optional.of(CONFIGS.resolve("ds_config_70b.json")));

        assertThat(plan.experiment("sft-70b-3-scale").notRunnable())
                .get()
                .asString()
                .contains("3 nodes are no multiple of its baseline, 2 nodes");
    }

    @Test
    void aModelWithoutAFloorSaysSo(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        Files.writeString(own, explicit().replaceAll("\"mfu\": [0-9.]+,", ""));

        Plan plan = plan(SPECTRUMX, List.of(2), Optional.of(own));

        assertThat(row(plan, "sft-mine-mfu-other@2").title()).contains("(no floor: not judged)");
        assertThat(plan.omits()).anyMatch(line -> line.startsWith("The speed of explicit as mine.json says: no floor"));
        assertThat(plan.certifies()).anyMatch(line -> line.contains("of its speed nothing, as it has no floor"));
        assertThat(plan(SPECTRUMX, List.of(), Optional.empty()).omits()).noneMatch(line -> line.contains("no floor"));
    }

    @Test
    void aConfigsOwnFloorStandsBesideTheDefault(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        Files.writeString(
                own, Files.readString(CONFIGS.resolve("ds_config_7b.json")).replace("\"mfu\": 0.46", "\"mfu\": 0.43"));

        Criterion mfu = criterion(plan(SPECTRUMX, List.of(), Optional.of(own)), "sft-mine-mfu-llama2-7b@2");

        assertThat(mfu.limit()).isEqualTo(new Limit.AtLeast(43));
        assertThat(mfu.source()).startsWith("mine.json: mfu: this engine's 49.7 %");
        assertThat(mfu.siteLimit().orElseThrow().defaultLimit()).isEqualTo(new Limit.AtLeast(40));
    }

    /** Before anything is queued, with what was found, what must be, and what to do. */
    @Test
    void aShapeThatNoKernelTakesIsNotRun(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        Files.writeString(
                own,
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replace(
                                "\"model\": \"llama2-7b\"",
                                "\"model\": {\"family\": \"llama\", \"layers\": 32, \"hidden\": 4096, \"heads\": 16,"
                                        + " \"kvHeads\": 16, \"headSize\": 256, \"feedForward\": 11008,"
                                        + " \"vocabulary\": 32000, \"positions\": 4096}"));
        String why =
                "mine.json asks for headSize 256, where the engine's kernels need a multiple of 8 from 64 to 128; choose a"
                        + " model whose heads are of such a size; not run";

        Plan plan = plan(SPECTRUMX, List.of(2), Optional.of(own));

        assertThat(plan.experiment("sft-mine-2").notRunnable()).contains(why);
        assertThat(plan.experiment("sft-mine-2").launches()).isEmpty();
        assertThat(plan.experiment("sft-mine-2-stress").notRunnable()).contains(why);
        assertThat(TrainingPlan.text(
                                SPECTRUMX, GpuModels.get("h200-sxm"), List.of(2), List.of(TrainingCases.ofFile(own)))
                        .replaceAll("\\s+", " "))
                .contains("cannot run 2 nodes: " + why);
    }

    /** Ours and no DeepSpeed's: named in the model, so no floor that was set for bf16 holds; against FP8's peak. */
    @Test
    void fp8IsNamedWhereverItsModelIs(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        Files.writeString(
                own,
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replace("\"model\": \"llama2-7b\"", "\"model\": \"llama2-7b\", \"precision\": \"fp8\""));

        Plan plan = plan(SPECTRUMX, List.of(2), Optional.of(own));
        Sft sft = (Sft) plan.experiment("sft-mine-2").workload();
        String text = TrainingPlan.text(
                        SPECTRUMX, GpuModels.get("h200-sxm"), List.of(2), List.of(TrainingCases.ofFile(own)))
                .replaceAll("\\s+", " ");

        assertThat(sft.model()).isEqualTo("llama2-7b fp8");
        assertThat(sft.words()).contains("llama2-7b fp8");
        assertThat(sft.setup().precision()).isEqualTo(MatrixPrecision.FP8);
        assertThat(((Sft) plan.experiment("sft-mine-2-stress").workload())
                        .setup()
                        .precision())
                .isEqualTo(MatrixPrecision.FP8);
        assertThat(plan.certifies()).anyMatch(line -> line.contains("llama2-7b fp8"));
        assertThat(plan.rows())
                .extracting(row -> row.criterion().id())
                .contains("sft-mine-mfu-other")
                .noneMatch(id -> id.contains("mfu-llama2"));
        assertThat(text)
                .contains("mine.json: llama2-7b fp8", "precision fp8, this suite's extension and not DeepSpeed's");
    }

    /** All of a small model stays gathered from forward to backward, as DeepSpeed has it; layers without room come thrice. */
    @Test
    void theReuseThatTheFileAsksForIsPlanned(@TempDir Path folder) throws Exception {
        String seven = Files.readString(CONFIGS.resolve("ds_config_7b.json"));
        Path small = Files.writeString(
                folder.resolve("small.json"),
                seven.replace("\"stage\": 1,", "\"stage\": 3,")
                        .replace(
                                "\"model\": \"llama2-7b\"",
                                "\"model\": {\"family\": \"llama\", \"layers\": 4, \"hidden\": 1024, \"heads\": 16,"
                                        + " \"kvHeads\": 16, \"headSize\": 64, \"feedForward\": 2816,"
                                        + " \"vocabulary\": 32000, \"positions\": 4096}"));
        Path none = Files.writeString(
                folder.resolve("none.json"),
                Files.readString(small)
                        .replace("\"stage3_max_reuse_distance\": 1e9", "\"stage3_max_reuse_distance\": 0")
                        .replace("\"stage3_max_live_parameters\": 1e9", "\"stage3_max_live_parameters\": 0"));

        assertThat(plan(SPECTRUMX, List.of(2), Optional.of(small))
                        .experiment("sft-small-2")
                        .notRunnable())
                .isEmpty();
        assertThat(purposes(small)).contains("weights, forward").doesNotContain("weights, backward");
        assertThat(purposes(none)).contains("weights, forward", "weights, backward", "weights, recomputed");
        assertThat(text("ds_config_70b.json")).doesNotContain("a third time");
        assertThat(text("ds_config_175b.json"))
                .contains(
                        "note stage3_max_reuse_distance 1000000000: so many elements are used behind some weights of each layer",
                        "gathered a third time, 10.");
    }

    private static List<String> purposes(Path file) {
        Sft sft = (Sft) plan(SPECTRUMX, List.of(2), Optional.of(file))
                .experiment("sft-" + TrainingCases.ofFile(file).key() + "-2")
                .workload();
        return StepCollectives.of(sft.setup(), 16).stream()
                .map(Collective::purpose)
                .toList();
    }

    private static String text(String config) {
        return TrainingPlan.text(
                        SPECTRUMX,
                        GpuModels.get("h200-sxm"),
                        List.of(2),
                        List.of(TrainingCases.ofFile(CONFIGS.resolve(config))))
                .replaceAll("\\s+", " ");
    }

    /** The norms of 7B, 65 of 4096: DeepSpeed would leave some of them cut. */
    @Test
    void smallTensorsThatDeepSpeedWouldCutAreRefused(@TempDir Path folder) throws Exception {
        String seven = Files.readString(CONFIGS.resolve("ds_config_7b.json"));
        String key = "\"stage3_model_persistence_threshold\": ";
        Path less = Files.writeString(
                folder.resolve("less.json"), seven.replace("\"stage\": 1,", "\"stage\": 3, " + key + "266239,"));
        Path enough = Files.writeString(
                folder.resolve("enough.json"), seven.replace("\"stage\": 1,", "\"stage\": 3, " + key + "266240,"));

        Plan refused = plan(SPECTRUMX, List.of(2), Optional.of(less));
        assertThat(refused.experiment("sft-less-2").notRunnable())
                .get()
                .asString()
                .contains("less.json: stage3_model_persistence_threshold 266239", "set it to 266240 at least");
        assertThat(plan(SPECTRUMX, List.of(2), Optional.of(enough))
                        .experiment("sft-enough-2")
                        .notRunnable())
                .isEmpty();
    }

    @Test
    void anOptimizerThatTheEngineLacksIsNotRun(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("mine.json");
        Files.writeString(
                own,
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replace("\"lr\": 1e-4", "\"lr\": 1e-4, \"bias_correction\": false"));

        assertThat(plan(SPECTRUMX, List.of(), Optional.of(own))
                        .experiment("sft-mine-2")
                        .notRunnable())
                .get()
                .asString()
                .contains("does not correct the moments' bias");
    }

    @Test
    void theReferenceDeviceTrainsATinyStandInOfTheFamily() {
        Plan plan = plan(EMBEDDED, List.of(), Optional.empty());

        assertThat(plan.experiments())
                .hasSize(8)
                .allMatch(each -> each.launches().size() == 2);
        for (Experiment experiment : plan.experiments()) {
            Sft sft = (Sft) experiment.workload();
            StepSetup setup = sft.setup();
            assertThat(sft.words()).contains("reference device: a tiny stand-in of its family, 2 layers");
            assertThat(setup.model().family())
                    .isEqualTo(sft.model().startsWith("gpt") ? ModelFamily.GPT : ModelFamily.LLAMA);
            assertThat(setup.model().parameters()).isLessThan(200_000);
            assertThat(setup.accumulation()).isEqualTo(sft.run() == Sft.Run.STRESS ? 1 : 2);
            assertThat(ZeroSchedule.of(setup, 2).kept().isEmpty())
                    .as("at the turn weights stay as the config has it")
                    .isEqualTo(setup.zero().stage() < 3);
        }
        assertThat(stage(plan, "sft-7b-2")).isEqualTo(1);
        assertThat(stage(plan, "sft-13b-2")).isEqualTo(2);
        assertThat(stage(plan, "sft-70b-2")).isEqualTo(3);
        assertThat(((Sft) plan.experiment("sft-70b-2").workload())
                        .setup()
                        .model()
                        .kvHeads())
                .as("grouped heads stay grouped")
                .isEqualTo(1);
        assertThat(plan.rows()).filteredOn(row -> row.criterion().judged()).hasSize(16);
        assertThat(plan.experiments().stream()
                        .mapToDouble(Experiment::expectedSeconds)
                        .sum())
                .isLessThan(100);
        assertThat(PlanText.of(plan).lines()).allMatch(line -> line.length() <= PlanText.COLUMNS);
    }

    /** Before the first step and after the last, in the communicators that the launch has: baselines of 175B are of 4 nodes. */
    @Test
    void everyLaunchRehearsesItsTrafficTwice() {
        Experiment experiment = plan(SPECTRUMX, List.of(8), Optional.of(CONFIGS.resolve("ds_config_175b.json")))
                .experiment("sft-175b-8");
        Sft sft = (Sft) experiment.workload();
        Machine machine = TrainingMachine.of(SPECTRUMX, GpuModels.get("h200-sxm"));
        double step = experiment.launches().get(0).measuredSeconds() / sft.measuredSteps();
        double silent = experiment.warmUpSeconds() + sft.silentSteps() * step;

        double rehearsing = experiment.expectedSeconds()
                - Timing.trainingSeconds(SPECTRUMX, experiment.warmUpSeconds(), experiment.launches())
                - silent;

        double scaled = RehearsalTime.seconds(sft.setup(), machine, 8);
        double baseline = RehearsalTime.seconds(sft.setup(), machine, 4);
        long scaledLaunches = experiment.launches().stream()
                .filter(launch -> launch.role() == LaunchRole.SCALED)
                .count();
        long baselines = experiment.launches().size() - scaledLaunches;
        assertThat(scaled).isGreaterThan(22);
        assertThat(baselines).isEqualTo(scaledLaunches).isPositive();
        assertThat(rehearsing).isCloseTo(2 * (scaledLaunches * scaled + baselines * baseline), within(0.001));
    }

    @Test
    void plansAndSpecsSurviveTheirFiles(@TempDir Path folder) {
        for (Plan plan : List.of(
                plan(SPECTRUMX, List.of(2, 8), Optional.empty()), plan(EMBEDDED, List.of(), Optional.empty()))) {
            Path file = folder.resolve("plan.json");
            PlanJson.write(file, plan);
            assertThat(PlanJson.read(file)).isEqualTo(plan);
            for (Experiment experiment : plan.experiments()) {
                for (Launch launch : experiment.launches()) {
                    Spec spec = Specs.of(plan, experiment, launch, "run", "plan", 7);
                    assertThat(SpecFile.parse(SpecFile.text(spec), "spec.json")).isEqualTo(spec);
                }
            }
        }
    }

    @Test
    void gradientsThatNobodyClipsSurviveTheirFile() {
        Plan plan = plan(EMBEDDED, List.of(), Optional.empty());
        Experiment experiment = plan.experiments().get(0);
        Sft sft = (Sft) experiment.workload();
        Sft unclipped = new Sft(
                sft.config(),
                sft.model(),
                sft.run(),
                sft.standIn(),
                sft.setup(),
                sft.optimizer(),
                GradientClipping.none(),
                1,
                1,
                3);
        Experiment other = new Experiment("sft-x", unclipped, experiment.launches(), 1, 0, 1);
        Spec spec = Specs.of(plan, other, experiment.launches().get(0), "run", "plan", 7);

        assertThat(SpecFile.parse(SpecFile.text(spec), "spec.json")).isEqualTo(spec);
    }

    /** The same global batch on twice the GPUs is half the work for each. */
    @Test
    void strongScalingHasNoWeakEfficiency(@TempDir Path folder) throws Exception {
        Path own = folder.resolve("strong.json");
        Files.writeString(
                own,
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replace("\"gradient_accumulation_steps\": 16", "\"train_batch_size\": 1024"));

        Plan plan = plan(SPECTRUMX, List.of(2), Optional.of(own));

        assertThat(((Sft) plan.experiment("sft-strong-2").workload()).setup().accumulation())
                .isEqualTo(4);
        assertThat(plan.experiment("sft-strong-2").launches()).hasSize(1);
        assertThat(row(plan, "sft-strong-scale-efficiency@2").experiment()).isEqualTo("sft-strong-2-scale");
        assertThat(plan.experiment("sft-strong-2-scale").notRunnable())
                .get()
                .asString()
                .contains("a GPU's work is not the same on its baseline of 1 node", "strong scaling");
    }

    @Test
    void noOtherSuiteTrains() {
        for (Plan plan : List.of(PlannerTest.embedded())) {
            assertThat(plan.rows())
                    .extracting(row -> row.criterion().workload())
                    .doesNotContain("sft");
            assertThat(plan.wholeSuite()).isTrue();
        }
    }

    @Test
    void aConfigForMoreNodesThanThereAreIsLeftOutByName() {
        Cluster two = PlannerTest.h200(2, 8, new Nics(2, 400), false);

        assertThat(plan(two, List.of(), Optional.empty()).omits())
                .anyMatch(line -> line.contains("Training of 70b on 8 nodes") && line.contains("the cluster has 2"));
        assertThatThrownBy(() -> plan(two, List.of(), Optional.of(CONFIGS.resolve("ds_config_70b.json"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-Dnodes=2");
    }

    /** All three batch keys: 16 × 16 × 64 GPUs. What it says of other numbers is said, and the one that it fits runs. */
    @Test
    void aFileForOneNumberOfGpusRunsThere(@TempDir Path folder) throws Exception {
        Path own = Files.writeString(
                folder.resolve("own.json"),
                Files.readString(CONFIGS.resolve("ds_config_7b.json"))
                        .replaceFirst("\\{", "{\"train_batch_size\": 16384,"));

        Plan plan = plan(SPECTRUMX, List.of(2, 4, 8), Optional.of(own));

        for (int nodes : List.of(2, 4)) {
            Experiment cannot = plan.experiment("sft-own-" + nodes);
            assertThat(cannot.launches()).isEmpty();
            assertThat(cannot.notRunnable().orElseThrow())
                    .contains("for " + 8 * nodes + " ranks", "not 16384")
                    .doesNotContain("\n");
            assertThat(plan.rows())
                    .filteredOn(row -> row.experiment().equals("sft-own-" + nodes))
                    .extracting(Row::key)
                    .contains("sft-own-utilisation@" + nodes);
        }
        assertThat(plan.experiment("sft-own-8").launches()).isNotEmpty();
        assertThat(plan.experiment("sft-own-2-stress").launches())
                .as("its own batch keys fit everywhere")
                .isNotEmpty();
        assertThat(plan.omits()).anyMatch(line -> line.contains("cannot run") && line.contains("sft-own-4"));
        assertThat(PlanJson.parse(PlanJson.text(plan), "a copy")).isEqualTo(plan);
    }

    private static int stage(Plan plan, String experiment) {
        return ((Sft) plan.experiment(experiment).workload()).setup().zero().stage();
    }

    private static Criterion criterion(Plan plan, String key) {
        return row(plan, key).criterion();
    }

    private static Row row(Plan plan, String key) {
        return plan.rows().stream()
                .filter(row -> row.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + key));
    }

    private static Plan plan(Cluster cluster, List<Integer> counts, Optional<Path> file) {
        return SftPlanner.plan(
                cluster,
                GpuModels.get(cluster.gpuModel()),
                CriteriaFile.read(cluster.gpuModel(), Optional.empty()),
                counts,
                60,
                file,
                CONFIGS);
    }
}
