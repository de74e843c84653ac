package dev.assay.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.cluster.Nics;
import dev.assay.criteria.CriteriaFile;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.measurement.LaunchVariant;
import dev.assay.verdict.Fleet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanFilesTest {
    private static final Plan PLAN = Planner.plan(
            ClusterFile.read("spectrumx-h200"),
            GpuModels.get("h200-sxm"),
            CriteriaFile.read("h200-sxm", Optional.empty()),
            List.of(2, 4, 8),
            60);

    @Test
    void printsThePlan() throws IOException {
        try (var golden = PlanFilesTest.class.getResourceAsStream("spectrumx-h200-2-4-8.txt")) {
            assertThat(PlanText.of(PLAN)).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void everyPlanFitsTheScreen() {
        Plan wide = Planner.plan(
                PlannerTest.h200(999, 1, new Nics(2, 400), false),
                GpuModels.get("h200-sxm"),
                CriteriaFile.read("h200-sxm", Optional.empty()),
                List.of(1, 3, 997),
                86_400);

        for (Plan plan : List.of(PLAN, PlannerTest.embedded(), wide)) {
            assertThat(PlanText.of(plan).lines()).allMatch(line -> line.length() <= PlanText.COLUMNS);
        }
    }

    @Test
    void countsBytesAndTimesReadWell() {
        assertThat(Words.nodeCounts(List.of(1))).isEqualTo("1 node");
        assertThat(Words.nodeCounts(List.of(1, 2, 4))).isEqualTo("1, 2 and 4 nodes");
        assertThat(Words.bytes(24_576)).isEqualTo("24.6 kB");
        assertThat(Words.bytes(533_889_024)).isEqualTo("534 MB");
        assertThat(Words.bytes(2_995_683_328L)).isEqualTo("3.00 GB");
        assertThat(Words.time(99)).isEqualTo("99 s");
        assertThat(Words.time(725)).isEqualTo("12 min 5 s");
        assertThat(Words.time(12_000)).isEqualTo("3 h 20 min");
    }

    @Test
    void plansSurviveTheirFile(@TempDir Path folder) {
        for (Plan plan : List.of(PLAN, PlannerTest.embedded())) {
            Path file = folder.resolve("plan.json");
            PlanJson.write(file, plan);

            Plan read = PlanJson.read(file);

            assertThat(read).isEqualTo(plan);
            assertThat(PlanJson.hash(read)).isEqualTo(PlanJson.hash(plan)).matches("[0-9a-f]{64}");
        }
        assertThat(PlanJson.hash(PLAN)).isNotEqualTo(PlanJson.hash(PlannerTest.embedded()));
    }

    @Test
    void everyKindOfLimitSurvives() {
        Row row = PLAN.rows().get(0);
        for (Limit limit : List.of(
                new Limit.AtLeast(90),
                new Limit.AtMost(0),
                new Limit.Equal(1.5),
                new Limit.Within(0.84, 0.96),
                new Limit.OfMedian(0.97),
                new Limit.Uniform())) {
            Criterion criterion = row.criterion();
            Criterion other = Fleet.with(criterion, c -> {
                c.conditions = Map.of();
                c.limit = limit;
                c.ceiling = OptionalDouble.empty();
                c.judged = false;
                c.siteLimit = Optional.of(new Criterion.SiteLimit(criterion.limit(), "a reason"));
            });
            Plan plan = withRows(List.of(new Row(other, 2, 8, row.experiment(), row.title())));

            assertThat(PlanJson.parse(PlanJson.text(plan), "plan.json")).isEqualTo(plan);
        }
    }

    private static Plan withRows(List<Row> rows) {
        return new Plan(
                PLAN.cluster(),
                PLAN.gpuModel(),
                PLAN.nodeCounts(),
                PLAN.durationSeconds(),
                PLAN.experiments(),
                PLAN.extension(),
                rows,
                PLAN.fabricFloorGBps(),
                PLAN.certifies(),
                PLAN.omits(),
                PLAN.selection());
    }

    @Test
    void anUnreadablePlanIsRefusedInWords(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("plan.json");
        assertThatThrownBy(() -> PlanJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("-Drun");

        Files.writeString(file, PlanJson.text(PLAN).replaceFirst("nodeCounts", "nodeCount"));
        assertThatThrownBy(() -> PlanJson.read(file))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("nodeCount");

        Files.writeString(file, PlanJson.text(PLAN).substring(0, 500));
        assertThatThrownBy(() -> PlanJson.read(file)).isInstanceOf(InputException.class);
    }

    @Test
    void aSpecSaysAllThatAWorkerNeeds() {
        Experiment coupled = PLAN.experiment("coupled");
        Launch launch = coupled.launches().get(2);

        Spec spec = Specs.of(PLAN, coupled, launch, "run-1", PlanJson.hash(PLAN), -7);

        assertThat(spec.launch()).isEqualTo("scaled-4-r0");
        assertThat(spec.worldSize()).isEqualTo(32);
        assertThat(spec.loopback()).isFalse();
        assertThat(spec.workload()).isEqualTo(coupled.workload());
        assertThat(spec.phaseDeadlineSeconds()).isGreaterThan(60);
        Plan embedded = PlannerTest.embedded();
        Experiment burn = embedded.experiment("burn");
        assertThat(Specs.of(embedded, burn, burn.launches().get(0), "r", "h", 1).loopback())
                .isTrue();
    }

    @Test
    void specsSurviveTheirFile(@TempDir Path folder) {
        for (Experiment experiment : PLAN.experiments()) {
            for (Launch launch : experiment.launches()) {
                Spec spec = Specs.of(PLAN, experiment, launch, "run-1", PlanJson.hash(PLAN), Long.MIN_VALUE);
                Path file = folder.resolve("spec.json");

                SpecFile.write(file, spec);

                assertThat(SpecFile.read(file)).isEqualTo(spec);
            }
        }
        assertThat(folder.resolve("spec.json.partial")).doesNotExist();
    }

    @Test
    void aVariantIsWrittenWhereItIsNotTheDefault() {
        Experiment fabric = PLAN.experiment("fabric");
        Launch ring = fabric.launches().stream()
                .filter(launch -> launch.variant() == LaunchVariant.RING)
                .findFirst()
                .orElseThrow();
        Launch plain = fabric.launches().get(0);

        assertThat(SpecFile.text(Specs.of(PLAN, fabric, ring, "run-1", "h", 1))).contains("\"variant\" : \"ring\"");
        String text = SpecFile.text(Specs.of(PLAN, fabric, plain, "run-1", "h", 1));
        assertThat(text).doesNotContain("variant");
        assertThat(SpecFile.parse(text, "spec.json").variant()).isEqualTo(LaunchVariant.DEFAULT);
        assertThat(PlanJson.parse(PlanJson.text(PLAN), "plan.json")
                        .experiment("fabric")
                        .launches())
                .isEqualTo(fabric.launches());
    }

    @Test
    void aVariantThatDoesNotExistIsRefused() {
        Experiment fabric = PLAN.experiment("fabric");
        Launch last = fabric.launches().get(fabric.launches().size() - 1);
        String text = SpecFile.text(Specs.of(PLAN, fabric, last, "run-1", "h", 1));

        assertThatThrownBy(() -> SpecFile.parse(text.replace("\"ring\"", "\"rings\""), "spec.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rings");
    }

    @Test
    void aSpecOfAnotherVersionIsRefused(@TempDir Path folder) {
        Experiment burn = PLAN.experiment("burn");
        String text = SpecFile.text(Specs.of(PLAN, burn, burn.launches().get(0), "run-1", "h", 1));

        assertThatThrownBy(() -> SpecFile.parse(text.replace("\"schema\" : 1", "\"schema\" : 2"), "spec.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("schema 2, this worker reads 1");
        assertThatThrownBy(() -> SpecFile.parse(text.replace("\"seed\"", "\"sead\" : 1, \"seed\""), "spec.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sead");
        assertThatThrownBy(() -> SpecFile.parse(text.replaceFirst("\\s*\"seed\" : 1,", ""), "spec.json"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("seed");
        assertThatThrownBy(() -> SpecFile.read(folder.resolve("none.json"))).isInstanceOf(UncheckedIOException.class);
    }
}
