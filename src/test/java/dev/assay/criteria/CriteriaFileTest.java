package dev.assay.criteria;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.cluster.InputException;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import dev.assay.workload.Conditions;
import dev.assay.workload.Fabric;
import dev.assay.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CriteriaFileTest {
    private static final PlannedFigures FIGURES = new PlannedFigures(90, 1 << 20, 50);
    private static final String GOOD = """
            {
              "name": "mine",
              "gpuModels": ["h100-sxm"],
              "criteria": [
                {"id": "rate", "title": "Rate", "workload": "burn", "metric": "gemm.tflops",
                 "statistic": "harmonic-mean", "limit": {"atLeast": 600}, "unit": "TFLOPS", "ceiling": 1070,
                 "source": "measured", "requires": ["right"]},
                {"id": "right", "title": "Right", "workload": "burn", "metric": "wrong.elements",
                 "statistic": "maximum", "limit": {"atMost": 0}, "unit": "count", "source": "rule"}
              ]
            }
            """;

    @Test
    void aPercentileIsOneOfTimes() {
        assertThat(refusal("\"harmonic-mean\"", "\"p99\""))
                .contains("p99", "of gemm.tflops, the high end of what is no time", "median");
    }

    @Test
    void aConditionThatNothingIsMeasuredUnderIsRefusedAtOnce() {
        String unit = "\"unit\": \"TFLOPS\"";

        assertThat(refusal(unit, unit + ", \"conditions\": {\"dtyp\": \"bf16\"}"))
                .contains("the condition \"dtyp\" of gemm.tflops", "dtype, shape", "did you mean \"dtype\"?");
        assertThat(refusal(unit, unit + ", \"conditions\": {\"dtype\": \"bf17\"}"))
                .contains("\"bf17\" as dtype of gemm.tflops", "bf16, fp16", "did you mean");
        assertThat(refusal(unit, unit + ", \"conditions\": {\"shape\": \"8192\"}"))
                .contains("MxNxK");
        assertThat(refusal("\"unit\": \"count\"", "\"unit\": \"count\", \"conditions\": {\"dtype\": \"bf16\"}"))
                .contains("no condition: burn takes one value a unit of it");
    }

    @ParameterizedTest
    @CsvSource({
        "collective, collective.busbw, GB/s, scope, nod, node",
        "collective, collective.busbw, GB/s, over, hosts, host",
        "collective, collective.busbw, GB/s, ranks, two, whole number",
        "fabric, fabric.bandwidth, GB/s, pattern, bisecton, bisection",
        "fabric, fabric.bandwidth, GB/s, variant, rings, ring",
        "hbm, hbm.bandwidth, GB/s, kernel, copi, copy",
        "hbm, hbm.bandwidth, GB/s, footprint, condition, kernel"
    })
    void noMisspeltConditionDropsACriterionSilently(
            String workload, String metric, String unit, String key, String value, String allowed) {
        String json = GOOD.replace("\"burn\", \"metric\": \"gemm.tflops\"", "\"burn\", \"metric\": \"M\"")
                .replaceFirst("\\[\"right\"]", "[]")
                .replaceFirst("\"burn\"", "\"" + workload + "\"")
                .replaceFirst("\"M\"", "\"" + metric + "\", \"conditions\": {\"" + key + "\": \"" + value + "\"}")
                .replace("TFLOPS", unit);

        assertThatThrownBy(() -> CriteriaFile.parse("my.json", json, "h100-sxm"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(key)
                .hasMessageContaining(value)
                .hasMessageContaining(allowed);
    }

    /** Words that the plan and the launches have, too. */
    @Test
    void everyVariantOfALaunchMayBeNamed() {
        for (LaunchVariant variant : LaunchVariant.values()) {
            assertThat(Conditions.refused("fabric", "fabric.busbw", "variant", variant.key()))
                    .isEmpty();
        }
        for (String load : Fabric.loads(64)) {
            assertThat(Conditions.refused("fabric", "fabric.victim", "load", load))
                    .isEmpty();
        }
    }

    @Test
    void theKeyFleetMakesASecondCriterionAgainstTheMedian() {
        String json = GOOD.replace("\"limit\": {\"atLeast\": 600}", "\"limit\": {\"atLeast\": 600}, \"fleet\": 0.97");

        List<Criterion> criteria =
                CriteriaFile.parse("my.json", json, "h100-sxm").resolve(FIGURES);

        assertThat(criteria).extracting(Criterion::id).containsExactly("rate", "rate-fleet", "right");
        assertThat(criteria.get(1).limit()).isEqualTo(new Limit.OfMedian(0.97));
        assertThat(criteria.get(1).requires()).containsExactly("right");
        assertThat(criteria.get(1).source()).contains("metric definitions", "0.97");
        assertThat(criteria.get(0).limit()).isEqualTo(new Limit.AtLeast(600));
    }

    @Test
    void ofAShownTimeTheFleetIsJudgedMirrored() {
        String json = GOOD.replace(
                        "\"right\", \"title\": \"Right\"", "\"right\", \"judged\": true, \"title\": \"Right\"")
                .replace(
                        "{\"atLeast\": 600}",
                        "{\"atMost\": 9}, \"judged\": false, \"fleet\": {\"share\": 0.8,"
                                + " \"reason\": \"a few microseconds\"}")
                .replace("gemm.tflops", "step.time")
                .replace("harmonic-mean", "median")
                .replace("\"TFLOPS\", \"ceiling\": 1070", "\"ms\"");

        Criterion fleet = criterion(CriteriaFile.parse("my.json", json, "h100-sxm"), "rate-fleet");

        assertThat(fleet.limit()).isEqualTo(new Limit.AtMostOfMedian(1.25));
        assertThat(fleet.judged()).isTrue();
        assertThat(fleet.source()).contains("looser", "a few microseconds");
    }

    @Test
    void aFleetsLimitIsTheCommonOneOrHasItsReason() {
        String limit = "\"limit\": {\"atLeast\": 600}";

        assertThat(refusal(limit, limit + ", \"fleet\": 0.9")).contains("0.9 without a reason", "0.97");
        assertThat(refusal(limit, limit + ", \"fleet\": {\"share\": 0.9}")).contains("reason");
        assertThat(refusal(limit, limit + ", \"fleet\": {\"share\": 1.1, \"reason\": \"because it is\"}"))
                .contains("a share above 0");
        assertThat(refusal(limit, "\"limit\": {\"ofMedian\": 0.97}, \"fleet\": 0.97"))
                .contains("compares already");
        assertThat(refusal(
                        "\"requires\": [\"right\"]},",
                        "\"fleet\": 0.97}, {\"id\": \"rate-fleet\", \"title\": \"T\", \"workload\": \"burn\", \"metric\":"
                                + " \"power\", \"statistic\": \"mean\", \"limit\": {\"atLeast\": 1}, \"unit\": \"W\","
                                + " \"source\": \"s\"},"))
                .contains("\"rate-fleet\" a second time");
    }

    /** Assay's metric definitions ask it of every metric of a GPU, a link or a node. */
    @Test
    void everyMetricOfAPartOfTheH200IsAlsoJudgedAgainstTheFleet() {
        List<Criterion> criteria =
                CriteriaFile.read("h200-sxm", Optional.empty()).resolve(FIGURES);

        assertThat(criteria)
                .filteredOn(CriteriaFileTest::ofAPart)
                .hasSizeGreaterThan(50)
                .allMatch(each -> criteria.stream()
                        .anyMatch(other -> other.judged()
                                && other.workload().equals(each.workload())
                                && other.metric() == each.metric()
                                && (other.conditions().equals(each.conditions())
                                        || SAME.getOrDefault(each.id(), "").equals(other.id()))
                                && (other.limit() instanceof Limit.OfMedian
                                        || other.limit() instanceof Limit.AtMostOfMedian)));
    }

    /** Of bisections and pairs each GPU is compared; who receives an incast is compared as a node, for its GPUs share NICs. */
    @Test
    void receiversOfAnIncastAreJudgedAgainstTheFleet() {
        assertThat(CriteriaFile.read("h200-sxm", Optional.empty()).resolve(FIGURES))
                .filteredOn(each ->
                        each.judged() && "incast".equals(each.conditions().get("pattern")))
                .anyMatch(each -> each.limit() instanceof Limit.OfMedian);
    }

    /** What another criterion of the same work compares over all nodes, or another score of the same benchmark. */
    private static final Map<String, String> SAME =
            Map.of("all-reduce-node-of-8", "all-reduce-node-spread", "launch-kernel-p99", "launch-kernel-spread");

    /**
     * Rates and times of GPUs, links and nodes: not of one communicator over all ranks, which has one value; nor the single
     * iterations' distribution, which is told; nor sums over a node whose GPUs are compared.
     */
    private static boolean ofAPart(Criterion criterion) {
        boolean rate = criterion.unit() == Unit.GIGABYTES_PER_SECOND
                || criterion.unit() == Unit.TFLOPS
                || criterion.unit().isTime();
        boolean one = "cluster".equals(criterion.conditions().get("scope"))
                || criterion.metric() == Metric.FABRIC_BUSBW
                || criterion.metric() == Metric.SENSITIVITY
                // A value a launch of all GPUs: scale efficiency judges how launches differ.
                || criterion.metric() == Metric.STEP_TFLOPS;
        boolean told = criterion.metric() == Metric.COLLECTIVE_ITERATION
                || criterion.metric() == Metric.FABRIC_NODE_BANDWIDTH
                || criterion.metric() == Metric.PAIR_NODE_BANDWIDTH
                || criterion.metric() == Metric.VIOLATION_POWER
                || criterion.metric() == Metric.VIOLATION_THERMAL;
        return rate && !one && !told;
    }

    private static String refusal(String piece, String by) {
        assertThat(GOOD).contains(piece);
        InputException refused = catchThrowableOfType(
                InputException.class,
                () -> CriteriaFile.parse("criteria file my.json", GOOD.replace(piece, by), "h100-sxm"));
        assertThat(refused).as("%s for %s must be refused", by, piece).isNotNull();
        return String.valueOf(refused.getMessage());
    }

    private static Criterion criterion(Criteria criteria, String id) {
        return Stream.concat(criteria.resolve(FIGURES).stream(), criteria.resolveTraining(FIGURES).stream())
                .filter(criterion -> criterion.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void onlyTrainingIsAskedForTraining() {
        for (String model : CriteriaFile.BUILT_IN) {
            Criteria criteria = CriteriaFile.read(model, Optional.empty());

            assertThat(criteria.resolve(FIGURES))
                    .extracting(Criterion::workload)
                    .isNotEmpty()
                    .doesNotContain("sft");
            assertThat(criteria.resolveTraining(FIGURES))
                    .extracting(Criterion::workload)
                    .isNotEmpty()
                    .containsOnly("sft");
        }
    }

    @Test
    void aSiteMayChangeALimitOfTraining(@TempDir Path folder) throws IOException {
        String site = "{\"sft-mfu-llama2-7b\": {\"limit\": {\"atLeast\": 38}, \"reason\": \"power is capped\"}}";

        assertThat(criterion(withSite(folder, site), "sft-mfu-llama2-7b").limit())
                .isEqualTo(new Limit.AtLeast(38));
    }

    @Test
    void trainingHasItsBlockAndNoOther() {
        String training = GOOD.replaceFirst("\\]\\s*}\\s*$", """
                ], "training": [{"id": "right", "title": "Loss", "workload": "sft", "metric": "train.loss",
                  "statistic": "maximum", "limit": {"atMost": 0}, "unit": "ratio", "source": "rule"}]}
                """);

        assertThatThrownBy(() -> CriteriaFile.parse("my.json", training, "h100-sxm"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("names that no other criterion has");
        assertThatThrownBy(() -> CriteriaFile.parse(
                        "my.json",
                        training.replace(
                                "\"right\", \"title\": \"Loss\", \"workload\": \"sft\"",
                                "\"loss\", \"title\": \"Loss\", \"workload\": \"burn\""),
                        "h100-sxm"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("criteria of sft");
    }

    private static Criteria withSite(Path folder, String json) throws IOException {
        Path file = Files.writeString(folder.resolve("site.json"), json);
        return CriteriaFile.read("h200-sxm", Optional.of(file.toString()));
    }

    @Test
    void theH200sUtilisationStandsOnTheLoadProof() {
        Criterion utilisation = criterion(CriteriaFile.read("h200-sxm", Optional.empty()), "gpu-utilisation");

        assertThat(utilisation.metric()).isEqualTo(Metric.SM_ACTIVE);
        assertThat(utilisation.limit()).isEqualTo(new Limit.AtLeast(90));
        assertThat(utilisation.ceiling()).hasValue(100);
        assertThat(utilisation.requires())
                .contains(
                        "sustained-tflops", "power-limit", "load-proof", "power", "warmth", "gpu-utilisation-seconds");
        assertThat(utilisation.judged()).isTrue();
    }

    @Test
    void limitsOfThePlanBecomeNumbers() {
        Criteria criteria = CriteriaFile.read("h200-sxm", Optional.empty());

        assertThat(criterion(criteria, "sensitivity").limit()).isEqualTo(new Limit.AtLeast(0.3333 * 90));
        assertThat(criterion(criteria, "coupled-bytes").limit()).isEqualTo(new Limit.Equal(1 << 20));
    }

    @Test
    void theReferenceDeviceJudgesCorrectnessAndShowsSpeed() {
        List<Criterion> criteria =
                CriteriaFile.read("reference", Optional.empty()).resolve(FIGURES);

        assertThat(criteria)
                .filteredOn(Criterion::judged)
                .extracting(Criterion::id)
                .contains(
                        "gemm-correct",
                        "gemm-bitwise-equal",
                        "identity-equal",
                        "coupled-correct",
                        "coupled-bytes",
                        "hbm-correct");
        assertThat(criteria)
                .filteredOn(criterion -> !criterion.judged())
                .extracting(Criterion::id)
                .contains(
                        "gpu-utilisation",
                        "sustained-tflops",
                        "scale-efficiency",
                        "coupled-tflops",
                        "sensitivity",
                        "hbm-copy");
    }

    @Test
    void aModelWithoutCriteriaNamesThoseThatHaveSome() {
        assertThatThrownBy(() -> CriteriaFile.read("h100-sxm", Optional.empty()))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("h200-sxm, reference")
                .hasMessageContaining("-Dcriteria=");
    }

    @Test
    void aModelWithoutCriteriaTakesAWholeFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("my.json"), GOOD);

        assertThat(CriteriaFile.read("h100-sxm", Optional.of(file.toString())).resolve(FIGURES))
                .hasSize(2);
        assertThatThrownBy(() -> CriteriaFile.read("h200-sxm", Optional.of(file.toString())))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("stands beside its default");
    }

    @Test
    void aSitesLimitStandsBesideTheDefaultWithItsReason(@TempDir Path folder) throws IOException {
        Criteria criteria = withSite(
                folder,
                "{\"sustained-tflops\": {\"limit\": {\"atLeast\": 600}, \"reason\": \"Nodes are capped at 650 W.\"}}");

        Criterion rate = criterion(criteria, "sustained-tflops");
        assertThat(rate.limit()).isEqualTo(new Limit.AtLeast(600));
        assertThat(rate.siteLimit())
                .contains(new Criterion.SiteLimit(new Limit.AtLeast(630), "Nodes are capped at 650 W."));
        assertThat(criterion(criteria, "gpu-utilisation").siteLimit()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sustained-tflop\": {\"limit\": {\"atLeast\": 1}, \"reason\": \"because of x\"}}|did you mean \"sustained-tflops\"?",
                "{\"power\": {\"limit\": {\"atLeast\": 1}}}|\"reason\" is mandatory",
                "{\"power\": {\"limit\": {\"atLeast\": 1}, \"reason\": \" \"}}|gives the reason",
                "{\"power\": {\"limit\": {\"atMost\": 1}, \"reason\": \"because of x\"}}|another kind of limit",
                "{\"power\": {\"limit\": {\"atLeast\": 1}, \"reason\": \"because of x\", \"unit\": \"J\"}}|measured in \"W\"",
                "{\"power\": {\"atLeast\": 1}}|unknown key \"atLeast\"",
                "{\"gpu-utilisation\": {\"limit\": {\"atLeast\": 101}, \"reason\": \"because of x\"}}|above the ceiling"
            })
    void refusesASitesFileThatCannotStand(String json, String words, @TempDir Path folder) {
        assertThatThrownBy(() -> withSite(folder, json))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "all-reduce-cluster, 200",
        "fabric-ring, 100",
        "fabric-bisection, 110",
        "fabric-incast, 110",
        "fabric-cross-rail, 110",
        "fabric-nic-only, 260",
        "pair-bandwidth, 110",
        "pair-bandwidth-fleet, 100",
        "all-gather-node-of-8, 450",
        "reduce-scatter-node-of-8, 450",
        "all-reduce-node-of-8, 787"
    })
    void whatCrossesTheNetworkHasACeilingByTheLine(String id, double ceiling) {
        Criteria criteria = CriteriaFile.read("h200-sxm", Optional.empty());

        assertThat(criteria.resolve(new PlannedFigures(87.5, 1, 50, 100)))
                .filteredOn(criterion -> criterion.id().equals(id))
                .singleElement()
                .satisfies(criterion -> assertThat(criterion.ceiling().orElseThrow())
                        .isCloseTo(ceiling, org.assertj.core.api.Assertions.within(1e-9)));
    }

    @Test
    void nodesOfOneHostHaveNoLineToStayBelow() {
        Criteria criteria = CriteriaFile.read("h200-sxm", Optional.empty());

        assertThat(criteria.resolve(new PlannedFigures(300, 1, 50, 0)))
                .filteredOn(criterion -> criterion.id().equals("pair-bandwidth"))
                .singleElement()
                .satisfies(criterion -> assertThat(criterion.ceiling()).isEmpty());
    }

    @Test
    void aComputedFloorIsHeldAgainstTheCeilingToo() {
        String text = GOOD.replace("gemm.tflops", "sensitivity")
                .replace("{\"atLeast\": 600}", "{\"atLeastOfFabricFloor\": 0.5}")
                .replace("TFLOPS", "GB/s")
                .replace("1070", "40");
        Criteria criteria = CriteriaFile.parse("criteria file my.json", text, "h100-sxm");

        assertThat(criteria.resolve(new PlannedFigures(80, 1, 50))).hasSize(2);
        assertThatThrownBy(() -> criteria.resolve(new PlannedFigures(81, 1, 50)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("above the ceiling");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"atLeast\": 600}|{\"atLeast\": 1071}|floor 1071.0 above the ceiling 1070.0",
                "\"TFLOPS\"|\"GB/s\"|measured in \"TFLOPS\"",
                "\"TFLOPS\"|\"GFLOPS\"|TFLOPS, GB/s",
                "gemm.tflops|gemm.tflop|did you mean \"gemm.tflops\"?",
                "harmonic-mean|average|mean, harmonic-mean, median",
                "{\"atLeast\": 600}|{\"atLeast\": 600, \"atMost\": 700}|2 kinds of limit",
                "{\"atLeast\": 600}|{}|0 kinds of limit",
                "{\"atLeast\": 600}|{\"within\": [3, 2]}|low ≤ high",
                "{\"atLeast\": 600}|{\"ofMedian\": 97}|at most 1",
                "{\"atLeast\": 600}|{\"atMostOfMedian\": 0.97}|1 or more",
                "\"ceiling\": 1070|\"ceiling\": 1070, \"ceilingOfLine\": 1|two ceilings",
                "\"ceiling\": 1070|\"ceilingOfLine\": 0|a multiple above 0",
                "\"ceiling\": 1070|\"ceilingOfLine\": 1|a metric in GB/s",
                "{\"atLeast\": 600}|{\"uniform\": false}|true",
                "{\"atLeast\": 600}|{\"atLeastOfFabricFloor\": 0.3}|a metric in GB/s",
                "{\"atLeast\": 600}|{\"equalToPlannedBytes\": true}|step.bytes",
                "\"requires\": [\"right\"]|\"requires\": [\"wrong\"]|right",
                "\"requires\": [\"right\"]|\"requires\": [\"rate\"]|itself",
                "\"workload\": \"burn\", \"metric\": \"wrong|\"workload\": \"coupled\", \"metric\": \"wrong|the same workload, burn",
                "\"source\": \"rule\"|\"source\": \"rule\", \"judged\": false|shown and not judged",
                "\"id\": \"right\"|\"id\": \"rate\"|a second time",
                "\"id\": \"right\"|\"id\": \"Right!\"|kebab-case",
                "\"workload\": \"burn\", \"metric\": \"gemm|\"workload\": \"bern\", \"metric\": \"gemm|did you mean \"burn\"?",
                "\"source\": \"rule\"|\"source\": \" \"|one line of words",
                "[\"h100-sxm\"]|[\"h200-sxm\"]|no h100-sxm"
            })
    void refusesWithThePlaceAndTheRule(String piece, String by, String words) {
        assertThat(refusal(piece, by)).contains("criteria file my.json, line ").contains(words);
    }

    @Test
    void whatStandsAroundManyWorkloadsIsACriterionOfEach(@TempDir Path folder) throws IOException {
        Criteria criteria = CriteriaFile.read("h200-sxm", Optional.empty());

        for (String workload : List.of("hbm", "memtest", "peer", "collective", "node-pair", "gemm", "coupled")) {
            Criterion xid = criterion(criteria, workload + "-xid-errors");
            assertThat(xid.workload()).isEqualTo(workload);
            assertThat(xid.metric()).isEqualTo(Metric.XID);
            assertThat(xid.judged()).isTrue();
            assertThat(xid.title()).isEqualTo("Critical errors (Xid), around " + workload);
        }
        String site = "{\"hbm-xid-errors\": {\"limit\": {\"atMost\": 1}, \"reason\": \"a known card\"}}";
        assertThat(criterion(withSite(folder, site), "hbm-xid-errors").limit()).isEqualTo(new Limit.AtMost(1));
    }

    @Test
    void whatCondemnsAPartIsJudgedAroundEveryWorkload() {
        Criteria criteria = CriteriaFile.read("h200-sxm", Optional.empty());

        for (String workload : Workload.KEYS) {
            String before = workload.equals("burn") ? "" : workload + "-";
            for (String id : List.of(
                    "xid-errors",
                    "ecc-uncorrected",
                    "remapped-pending",
                    "remapped-failure",
                    "nvlink-active",
                    "violation-thermal",
                    "pcie-replays")) {
                Criterion criterion = criterion(criteria, before + id);
                assertThat(criterion.workload()).as(criterion.id()).isEqualTo(workload);
                assertThat(criterion.judged()).as(criterion.id()).isTrue();
            }
        }
    }

    @Test
    void aLinkIsJudgedOnlyWhereTelemetrySeesItAtWork() {
        List<Criterion> criteria =
                CriteriaFile.read("h200-sxm", Optional.empty()).resolve(FIGURES);

        for (Metric metric : List.of(Metric.PCIE_GENERATION, Metric.PCIE_WIDTH)) {
            assertThat(criteria)
                    .filteredOn(criterion -> criterion.metric() == metric)
                    .extracting(Criterion::workload)
                    .containsExactlyInAnyOrder("burn", "host-link", "coupled");
            assertThat(CriteriaFile.read("h200-sxm", Optional.empty()).resolveTraining(FIGURES))
                    .extracting(Criterion::metric)
                    .contains(metric);
        }
    }

    @Test
    void aroundBurnTheNamesAreBareAsSitesKnowThem(@TempDir Path folder) throws IOException {
        Criteria criteria = CriteriaFile.read("h200-sxm", Optional.empty());
        String site = "{\"pcie-replays\": {\"limit\": {\"atMost\": 2}, \"reason\": \"a known riser\"},"
                + " \"host-link-pcie-replays\": {\"limit\": {\"atMost\": 3}, \"reason\": \"a known riser\"}}";

        assertThat(criterion(criteria, "pcie-replays").title()).isEqualTo("New PCIe replays");
        assertThat(criterion(criteria, "pcie-replays").limit()).isEqualTo(new Limit.AtMost(0));
        assertThat(criterion(criteria, "host-link-pcie-replays").limit()).isEqualTo(new Limit.AtMost(8));
        assertThat(criterion(withSite(folder, site), "pcie-replays").limit()).isEqualTo(new Limit.AtMost(2));
        assertThat(criterion(withSite(folder, site), "host-link-pcie-replays").limit())
                .isEqualTo(new Limit.AtMost(3));
        assertThat(criterion(withSite(folder, site), "hbm-pcie-replays").limit())
                .isEqualTo(new Limit.AtMost(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[\"bern\"]|errors|did you mean \"burn\"?",
                "[\"hbm\", \"hbm\"]|errors|a second time",
                "[\"hbm\"]|Errors!|kebab-case",
                "[\"burn\"]|burn-errors|\"burn-errors\" a second time"
            })
    void refusesABlockThatCannotStand(String workloads, String id, String words) {
        String text = GOOD.replace("\"id\": \"right\"", "\"id\": \"burn-errors\"")
                .replace("[\"right\"]", "[]")
                .replaceFirst("\\]\\s*}\\s*$", """
                        ], "around": [{"workloads": %s, "criteria": [{"id": "%s", "title": "Errors", "metric": "health.xid",
                          "statistic": "maximum", "limit": {"atMost": 0}, "unit": "count", "source": "rule"}]}]}
                        """.formatted(workloads, id));

        assertThatThrownBy(() -> CriteriaFile.parse("my.json", text, "h100-sxm"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(words);
    }

    @Test
    void anEmptyListWouldAcceptAnything() {
        assertThatThrownBy(() ->
                        CriteriaFile.parse("x", "{\"name\": \"a\", \"gpuModels\": [\"m\"], \"criteria\": []}", "m"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("accept anything");
    }

    @Test
    void theSchemaKnowsTheSameWordsAsTheReader() throws IOException {
        JsonNode schema = new ObjectMapper().readTree(CriteriaFile.text("criteria.schema"));

        assertThat(keys(schema.at("/$defs/whole"))).containsExactlyElementsOf(CriteriaFile.KEYS);
        assertThat(keys(schema.at("/$defs/criterion"))).containsExactlyElementsOf(DraftReader.KEYS);
        assertThat(keys(schema.at("/$defs/around"))).containsExactlyElementsOf(Around.KEYS);
        assertThat(keys(schema.at("/$defs/aroundCriterion"))).containsExactlyElementsOf(DraftReader.AROUND_KEYS);
        assertThat(keys(schema.at("/$defs/siteLimit"))).containsExactlyElementsOf(SiteLimits.KEYS);
        assertThat(keys(schema.at("/$defs/limit"))).containsExactlyElementsOf(LimitForm.KEYS);
        assertThat(schema.at("/$defs/criterion/properties/metric/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(
                        Arrays.stream(Metric.values()).map(Metric::key).toList());
        assertThat(schema.at("/$defs/criterion/properties/unit/enum"))
                .extracting(JsonNode::asText)
                .containsExactlyElementsOf(
                        Arrays.stream(Unit.values()).map(Unit::symbol).toList());
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.path("properties").fieldNames().forEachRemaining(keys::add);
        keys.removeAll(List.of("$schema", "comment"));
        return keys;
    }

    @Test
    void limitsReadWell() {
        assertThat(LimitText.of(new Limit.AtLeast(90), Unit.PERCENT)).isEqualTo("≥ 90 %");
        assertThat(LimitText.of(new Limit.AtMost(0), Unit.COUNT)).isEqualTo("≤ 0");
        assertThat(LimitText.of(new Limit.Within(0.84, 0.96), Unit.RATIO)).isEqualTo("within 0.84 … 0.96");
        assertThat(LimitText.of(new Limit.OfMedian(0.97), Unit.TFLOPS)).isEqualTo("≥ 97 % of the median");
        assertThat(LimitText.of(new Limit.AtMostOfMedian(1.5), Unit.MICROSECOND))
                .isEqualTo("≤ 1.5 × the median");
        assertThat(LimitText.number(29.163749)).isEqualTo("29.16");
        assertThat(LimitText.number(533_889_024)).isEqualTo("533889024");
    }
}
