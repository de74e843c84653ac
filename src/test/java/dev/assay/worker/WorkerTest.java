package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import dev.assay.device.Health;
import dev.assay.measurement.Check;
import dev.assay.measurement.Digest;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import dev.assay.measurement.ResultReader;
import dev.assay.workload.Burn;
import dev.assay.workload.Coupled;
import dev.assay.workload.Gemm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerTest {
    private static final Burn BURN = new Burn(new Gemm(48, 40, 64), 2);
    private static final Coupled COUPLED = new Coupled(new Gemm(32, 24, 40), 3, 2, 1001);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void burnLeavesCheckedRatesOfOneAlgorithmAndEqualBits(int nodes) throws Exception {
        Ranks ranks = Ranks.of(folder, BURN, LaunchRole.LOAD, nodes, 1);

        List<Integer> codes = ranks.run(Ranks.reference());

        assertThat(codes).hasSize(nodes).containsOnly(Worker.DONE);
        for (RankResult result : ranks.results()) {
            assertThat(result.failure()).isEmpty();
            assertThat(result.checks())
                    .extracting(Check::name)
                    .containsExactly("gemm.repeatable", "gemm.freivalds", "gemm.fp64");
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0);
            EnqueuingTest.assertBeside(result, Metric.GEMM_TFLOPS);
            Measurement rate = result.measurement(Metric.GEMM_TFLOPS).orElseThrow();
            double seconds = rate.samples().stream()
                    .mapToDouble(tflops -> BURN.flopPerBatch() / tflops / 1e12)
                    .sum();
            assertThat(seconds).isGreaterThanOrEqualTo(0.05);
            assertThat(rate.conditions())
                    .containsEntry("shape", "48x40x64")
                    .containsEntry("batch", "2")
                    .containsEntry("dtype", "bf16")
                    .containsEntry(
                            "algorithm",
                            ranks.result(0)
                                    .measurement(Metric.GEMM_TFLOPS)
                                    .orElseThrow()
                                    .conditions()
                                    .get("algorithm"));
            assertThat(result.digests()).extracting(Digest::name).containsExactly("gemm.a", "gemm.b", "gemm.c");
            assertThat(result.digests()).isEqualTo(ranks.result(0).digests());
        }
        assertThat(ResultReader.telemetry(ranks.environment(0).result())
                        .get(0)
                        .telemetry()
                        .unavailable())
                .containsEntry(Metric.SM_ACTIVE, "the reference device has no counters");
    }

    @Test
    void aVariantWhoseEnvironmentDidNotArriveDoesNotStart() throws Exception {
        Path spec = Ranks.of(folder, COUPLED, LaunchRole.LOAD, LaunchVariant.NIC_ONLY, 1, 1)
                .environment(0)
                .spec();
        Map<String, String> variables = new HashMap<>(LaunchVariant.NIC_ONLY.environment());

        Worker.requireVariant(spec, variables);

        variables.put("NCCL_SHM_DISABLE", "0");
        assertThatThrownBy(() -> Worker.requireVariant(spec, variables))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("variant nic-only: NCCL_SHM_DISABLE must be 1, is 0");
        variables.remove("NCCL_SHM_DISABLE");
        assertThatThrownBy(() -> Worker.requireVariant(spec, variables)).hasMessageContaining("is not set");
    }

    @Test
    void coupledOverAllRanksReducesExactSumsAndTimesItsParts() throws Exception {
        Ranks ranks = Ranks.of(folder, COUPLED, LaunchRole.SCALED, 2, 2);

        List<Integer> codes = ranks.run(Ranks.reference());

        assertThat(codes).hasSize(4).containsOnly(Worker.DONE);
        int steps = ranks.result(0)
                .measurement(Metric.STEP_TIME)
                .orElseThrow()
                .samples()
                .size();
        for (RankResult result : ranks.results()) {
            assertThat(result.header().communicator()).containsExactly(0, 1, 2, 3);
            assertThat(result.checks())
                    .filteredOn(check -> check.name().equals("allreduce.sum"))
                    .hasSize(2)
                    .allMatch(check -> check.checked() == 3003 && check.wrong() == 0);
            assertThat(result.checks()).allMatch(check -> check.wrong() == 0);
            EnqueuingTest.assertBeside(result, Metric.STEP_TIME, Metric.COMPUTE_ALONE, Metric.COMMUNICATION_ALONE);
            assertThat(result.measurement(Metric.STEP_TIME).orElseThrow().samples())
                    .hasSize(steps);
            assertThat(result.measurement(Metric.STEP_TIME).orElseThrow().conditions())
                    .containsEntry("communicates", "true")
                    .containsEntry("ranks", "4");
            assertThat(result.measurement(Metric.STEP_BYTES).orElseThrow().samples())
                    .containsExactly(6006.0);
            assertThat(result.measurement(Metric.STEP_FLOP).orElseThrow().samples())
                    .containsExactly(COUPLED.flopPerStep());
            for (Metric part : List.of(Metric.COMPUTE_ALONE, Metric.COMMUNICATION_ALONE)) {
                assertThat(result.measurement(part).orElseThrow().samples()).hasSizeGreaterThanOrEqualTo(5);
            }
        }
    }

    @Test
    void baselineHasOneCommunicatorANode() throws Exception {
        Ranks ranks = Ranks.of(folder, COUPLED, LaunchRole.BASELINE, 2, 2);

        List<Integer> codes = ranks.run(Ranks.reference());

        assertThat(codes).containsOnly(Worker.DONE);
        assertThat(ranks.results())
                .extracting(result -> result.header().communicator())
                .containsExactly(List.of(0, 1), List.of(0, 1), List.of(2, 3), List.of(2, 3));
        assertThat(ranks.results()).allMatch(result -> result.checks().stream().allMatch(check -> check.wrong() == 0));
    }

    @Test
    void aSingleRankBaselineStatesThatItDoesNotCommunicate() throws Exception {
        Ranks ranks = Ranks.of(folder, COUPLED, LaunchRole.BASELINE, 2, 1);

        List<Integer> codes = ranks.run(Ranks.reference());

        assertThat(codes).containsOnly(Worker.DONE);
        assertThat(ranks.result(1).measurement(Metric.STEP_TIME).orElseThrow().conditions())
                .containsEntry("communicates", "false");
        assertThat(ranks.result(1).measurement(Metric.STEP_BYTES).orElseThrow().samples())
                .containsExactly(6006.0);
    }

    @Test
    void aRankThatFailsIsNamedInEveryOthersResult() throws Exception {
        Ranks ranks = Ranks.of(folder, COUPLED, LaunchRole.SCALED, 3, 1);

        List<Integer> codes = ranks.run(Ranks.faulty(1, FaultyDevice.Fault.GEMM_REFUSED));

        assertThat(codes).containsOnly(Worker.FAILED);
        assertThat(ranks.result(1).failure().orElseThrow().message())
                .contains("rank 1 (node2)", "phase prepare", FaultyDevice.REFUSAL, "rank-1.log");
        for (int victim : List.of(0, 2)) {
            assertThat(ranks.result(victim).failure().orElseThrow().message())
                    .contains("rank 1 (node2) failed in phase prepare", FaultyDevice.REFUSAL);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void healthIsReadAroundEveryWorkload(boolean burn) throws Exception {
        Ranks ranks = burn
                ? Ranks.of(folder, BURN, LaunchRole.LOAD, 1, 1)
                : Ranks.of(folder, COUPLED, LaunchRole.SCALED, 1, 1);

        List<Integer> codes = ranks.run((spec, environment) -> new FaultyDevice(environment, FaultyDevice.Fault.WORN));

        assertThat(codes).containsExactly(Worker.DONE);
        assertThat(ranks.result(0)
                        .measurement(Metric.ECC_UNCORRECTED)
                        .orElseThrow()
                        .samples())
                .containsExactly(4.0, 6.0);
        assertThat(ranks.result(0).device().facts())
                .containsEntry("health.retired.pages", "Not Supported (3) by nvmlDeviceGetRetiredPages");
    }

    @Test
    void theReferenceDeviceSaysOfEveryHealthMetricThatItHasNone() throws Exception {
        Ranks ranks = Ranks.of(folder, BURN, LaunchRole.LOAD, 1, 1);

        ranks.run(Ranks.reference());

        assertThat(Health.METRICS).hasSize(22).allSatisfy(metric -> {
            assertThat(ranks.result(0).measurement(metric)).isEmpty();
            assertThat(ranks.result(0).device().facts())
                    .containsEntry(metric.key(), "the reference device has no counters");
        });
    }

    @Test
    void aFailureTellsWhatTheDriverReportedMeanwhile() throws Exception {
        Ranks ranks = Ranks.of(folder, BURN, LaunchRole.LOAD, 1, 1);

        List<Integer> codes = ranks.run((spec, environment) -> new FaultyDevice(environment, FaultyDevice.Fault.XID));

        assertThat(codes).containsExactly(Worker.FAILED);
        assertThat(ranks.result(0).failure().orElseThrow().message())
                .contains(FaultyDevice.REFUSAL)
                .contains("meanwhile the driver reported XID 79");
    }

    @Test
    void aDeviceThatCannotBeOpenedLeavesItsReason() throws Exception {
        Ranks ranks = Ranks.of(folder, BURN, LaunchRole.LOAD, 1, 1);

        List<Integer> codes = ranks.run((spec, environment) -> {
            throw new DeviceException("cuInit: no driver");
        });

        assertThat(codes).containsExactly(Worker.FAILED);
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> ranks.result(0)))
                .hasMessageContaining("before its device was open")
                .hasMessageContaining("cuInit: no driver");
    }

    @Test
    void wrongSumsAndWrongProductsAreCountedNotHidden() throws Exception {
        Ranks ranks = Ranks.of(folder, COUPLED, LaunchRole.SCALED, 2, 1);

        List<Integer> codes = ranks.run(Ranks.faulty(1, FaultyDevice.Fault.WRONG_ELEMENTS));

        assertThat(codes).containsOnly(Worker.DONE);
        Map<String, Long> wrong = new java.util.TreeMap<>();
        ranks.result(1).checks().forEach(check -> wrong.merge(check.name(), check.wrong(), Long::sum));
        assertThat(wrong.get("allreduce.sum")).isPositive();
        assertThat(wrong.get("gemm.freivalds")).isPositive();
        assertThat(ranks.result(0).checks()).allMatch(check -> check.wrong() == 0);
        assertThat(ranks.result(0).digests()).isNotEqualTo(ranks.result(1).digests());
    }

    @Test
    void aMissingCanaryIsAFolderThatIsNotShared() throws Exception {
        Ranks ranks = Ranks.of(folder, BURN, LaunchRole.LOAD, 1, 1);
        Files.delete(folder.resolve("canary"));

        List<Integer> codes = ranks.run(Ranks.reference());

        assertThat(codes).containsExactly(Worker.FAILED);
        assertThat(Files.readString(ranks.environment(0).result())).contains("canary", "share");
    }

    @Test
    void resultsAreNeverOverwritten() throws Exception {
        Ranks ranks = Ranks.of(folder, BURN, LaunchRole.LOAD, 1, 1);
        ranks.run(Ranks.reference());
        byte[] first = Files.readAllBytes(ranks.environment(0).result());

        List<Integer> codes = ranks.run(Ranks.reference());

        assertThat(codes).containsExactly(Worker.CANNOT_START);
        assertThat(ranks.environment(0).result()).hasBinaryContent(first);
    }
}
