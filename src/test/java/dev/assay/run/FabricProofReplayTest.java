package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.job.RunFolder;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Header;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultWriter;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.Plan;
import dev.assay.plan.PlanJson;
import dev.assay.plan.Row;
import dev.assay.plan.SftPlanner;
import dev.assay.verdict.Fleet;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import dev.assay.workload.Sft;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole run of 7B on two nodes, read from its folder and judged by its plan: a nominal run that does not feel the fabric asks
 * its stress variant. No GPUs have recorded such a run yet, so what is in the files is made up: steps of 100 ms and a few per
 * cent, over two NICs of 50 GB/s, which must give 87.5 GB/s.
 */
class FabricProofReplayTest {
    private static final int GPUS = 2;
    private static final String NOMINAL = "sft-7b-2";
    private static final String STRESS = "sft-7b-2-stress";

    /** 4 ms at the fabric's floor, which nobody feels in a step of 100 ms, and 34 ms. */
    private static final double FEW = 0.35e9;

    private static final double MANY = 3e9;

    @TempDir
    Path folder;

    @Test
    void aStressVariantThatPassedShowsTheFabricToTheNominalRun() throws IOException {
        RunFolder recorded = planned();
        record(recorded, NOMINAL, FEW, 0.97);
        record(recorded, STRESS, MANY, 0.9);

        Run run = replay(recorded);
        Verdict nominal = verdict(run, "sft-7b-scale-efficiency@2");

        assertThat(nominal.state()).as(nominal.sentence()).isEqualTo(State.PASS);
        assertThat(nominal.sentence())
                .contains("it does not certify the fabric: the run would lose 5 % only below 66.5 GB/s (bus)")
                .contains("and the fabric must give 87.5 GB/s; sft-7b-stress-fabric@2 passed and shows it");
        assertThat(run.judged()).containsKey("sft-7b-stress-fabric@2");
    }

    /** Half as fast: 100 ms for what may take 34. */
    @Test
    void aFabricBelowItsFloorShowsNothing() throws IOException {
        RunFolder recorded = planned();
        record(recorded, NOMINAL, FEW, 0.97);
        record(recorded, STRESS, MANY, 0.5);

        Run run = replay(recorded);
        Verdict nominal = verdict(run, "sft-7b-scale-efficiency@2");

        assertThat(nominal.state()).as(nominal.sentence()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict(run, "sft-7b-stress-fabric@2").state()).isEqualTo(State.FAIL);
    }

    @Test
    void aStressVariantThatNeverRanShowsNothing() throws IOException {
        RunFolder recorded = planned();
        record(recorded, NOMINAL, FEW, 0.97);

        Run run = replay(recorded);

        assertThat(verdict(run, "sft-7b-scale-efficiency@2").state()).isEqualTo(State.INCONCLUSIVE);
        assertThat(verdict(run, "sft-7b-stress-fabric@2").state()).isEqualTo(State.NOT_RUN);
    }

    @Test
    void aNominalRunThatFeelsTheFabricAsksNobody() throws IOException {
        RunFolder recorded = planned();
        record(recorded, NOMINAL, MANY, 0.97);

        Run run = replay(recorded);
        Verdict nominal = verdict(run, "sft-7b-scale-efficiency@2");

        assertThat(nominal.state()).as(nominal.sentence()).isEqualTo(State.PASS);
        assertThat(run.judged()).containsOnlyKeys("sft-7b-scale-efficiency@2");
    }

    private static Verdict verdict(Run run, String key) {
        Row row = run.plan().rows().stream()
                .filter(each -> each.key().equals(key))
                .findFirst()
                .orElseThrow();
        return run.verdict(row);
    }

    /** The folder of a run that has a plan and no results yet. */
    private RunFolder planned() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode cluster = (ObjectNode) mapper.readTree(ClusterFile.text("spectrumx-h200"));
        cluster.put("nodes", "node[001-002]").put("gpusPerNode", GPUS);
        Path file = folder.resolve("cluster.json");
        mapper.writeValue(file.toFile(), cluster);
        Plan plan = SftPlanner.plan(
                ClusterFile.read(file.toString()),
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(2),
                60,
                Optional.of(Path.of("ds-configs/ds_config_7b.json")),
                Path.of("ds-configs"),
                MeasuredParts.none());
        RunFolder made = new RunFolder(Files.createDirectories(folder.resolve("recorded")), "1".repeat(32));
        PlanJson.write(made.plan(), plan);
        Json.write(
                made.root().resolve("run.json"),
                new RunRecord(
                        RunRecord.SCHEMA,
                        made.runId(),
                        "2026-11-23T00:00:00Z",
                        "made up",
                        "made up",
                        PlanJson.hash(plan),
                        "made up",
                        1,
                        List.of("-Dsuite=sft")));
        return made;
    }

    private Run replay(RunFolder recorded) {
        Map<String, String> properties = Map.of(
                "run", recorded.root().toString(),
                "assay.home", folder.resolve("home").toString(),
                "assay.output", folder.resolve("out").toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        return Run.open(options, true);
    }

    /** As if it had run: a file a rank, and what the launcher said. */
    private static void record(RunFolder folder, String experiment, double busBytes, double efficiency)
            throws IOException {
        Plan plan = PlanJson.read(folder.plan());
        Fleet fleet = Fleet.cuda(2, GPUS)
                .trained()
                .missing(Metric.COMPUTE_ALONE)
                .missing(Metric.COMMUNICATION_ALONE)
                .reading(Metric.STEP_BYTES_BUS, busBytes)
                .reading(Metric.FOREIGN_PROCESSES, 0)
                .ranksOf(launch -> launch.role() == LaunchRole.SCALED, FabricProofReplayTest::counted);
        ExperimentResult made =
                fleet.coupled(efficiency, efficiency + 0.001, efficiency - 0.001, efficiency + 0.002, efficiency);
        assertThat(made.launches())
                .extracting(LaunchResult::id)
                .as("what the plan calls them")
                .containsExactlyInAnyOrderElementsOf(plan.experiment(experiment).launches().stream()
                        .map(launch -> launch.id())
                        .toList());
        int steps = ((Sft) plan.experiment(experiment).workload()).measuredSteps();
        for (LaunchResult launch : made.launches()) {
            Files.createDirectories(folder.launch(experiment, launch.id()));
            for (RankResult rank : launch.ranks()) {
                write(folder, PlanJson.hash(plan), experiment, planned(rank, steps));
            }
        }
        Outcome.write(folder, new ExperimentResult(experiment, made.launches(), ""), 60);
    }

    /** With as many steps as the plan has, which are the made up ones again and again. */
    private static RankResult planned(RankResult rank, int steps) {
        return Fleet.withMeasurements(
                rank,
                rank.measurements().stream()
                        .map(each -> each.metric() == Metric.STEP_TIME
                                ? Measurement.of(
                                        each.metric(),
                                        IntStream.range(0, steps)
                                                .mapToObj(step -> each.samples()
                                                        .get(step
                                                                % each.samples().size()))
                                                .toList(),
                                        each.conditions())
                                : each)
                        .toList());
    }

    private static void write(RunFolder folder, String planHash, String experiment, RankResult rank)
            throws IOException {
        Header made = rank.header();
        Header header = new Header(
                made.schema(),
                folder.runId(),
                planHash,
                experiment,
                made.launch(),
                made.rank(),
                made.worldSize(),
                made.node(),
                made.localRank(),
                made.host(),
                made.bootId(),
                made.pid(),
                made.communicator());
        try (ResultWriter writer = ResultWriter.open(folder.result(experiment, made.launch(), made.rank()), header)) {
            writer.write(rank.device());
            rank.measurements().forEach(writer::write);
            rank.checks().forEach(writer::write);
            rank.digests().forEach(writer::write);
            writer.finish();
        }
    }

    /** Both NICs of a node carried what its work sends. */
    private static RankResult counted(RankResult rank) {
        List<Measurement> all = new ArrayList<>(rank.measurements());
        if (rank.header().localRank() == 0) {
            all.add(Measurement.of(Metric.NIC_COUNT, List.of(2.0), Map.of("kind", "rdma")));
            all.add(Measurement.of(Metric.NIC_WINDOW, 10_000));
            all.add(Measurement.of(
                    Metric.NIC_BYTES_PREDICTED, List.of(100e9), Map.of("algorithm", "ring", "per", "node")));
            for (String nic : List.of("mlx5_0/1", "mlx5_1/1")) {
                Map<String, String> facts = Map.of("nic", nic, "state", "4: ACTIVE");
                all.add(Measurement.of(Metric.NIC_RATE, List.of(50.0), facts));
                all.add(Measurement.of(Metric.NIC_BYTES_SENT, List.of(50e9), facts));
                all.add(Measurement.of(Metric.NIC_BYTES_RECEIVED, List.of(50e9), facts));
            }
        }
        return Fleet.withMeasurements(rank, all);
    }
}
