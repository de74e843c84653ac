package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.LauncherKind;
import dev.assay.measurement.LaunchVariant;
import dev.assay.plan.Experiment;
import dev.assay.plan.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFilesTest {
    @Test
    void collectivesOnGpusAskNcclForItsOwnReport() {
        assertThat(environment(DeviceKind.CUDA, "collective", Map.of()))
                .contains(
                        "NCCL_DEBUG=INFO",
                        "NCCL_DEBUG_SUBSYS=INIT,NET,P2P,SHM",
                        "NCCL_DEBUG_FILE=/runs/1/experiments/collective/one/nccl-%h-%p.log");
    }

    @Test
    void whatTheClusterFileSetsStays() {
        assertThat(environment(DeviceKind.CUDA, "collective", Map.of("NCCL_DEBUG", "WARN")))
                .contains("NCCL_DEBUG=WARN")
                .doesNotContain("NCCL_DEBUG=INFO");
    }

    @Test
    void pairsOfNodesAskTooAndTheFabricAlsoForTheAlgorithm() {
        assertThat(environment(DeviceKind.CUDA, "node-pair", Map.of())).contains("NCCL_DEBUG_SUBSYS=INIT,NET,P2P,SHM");
        assertThat(environment(DeviceKind.CUDA, "fabric", Map.of()))
                .contains("NCCL_DEBUG_SUBSYS=INIT,NET,P2P,SHM,TUNING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"coupled", "coupled-extension"})
    void stepsAskForTheConnectionsAlone(String experiment) {
        assertThat(environment(DeviceKind.CUDA, experiment, Map.of()))
                .contains("NCCL_DEBUG=INFO", "NCCL_DEBUG_SUBSYS=INIT,NET,P2P,SHM");
    }

    @ParameterizedTest
    @EnumSource(LaunchVariant.class)
    void aVariantsVariablesAreStrongerThanTheClusterFiles(LaunchVariant variant) {
        Map<String, String> contrary = Map.of("NCCL_CROSS_NIC", "0", "NCCL_P2P_DISABLE", "0", "NCCL_IB_HCA", "mlx5");

        List<String> lines = environment(DeviceKind.REFERENCE, "fabric", contrary, variant);

        assertThat(lines).contains("NCCL_IB_HCA=mlx5").doesNotHaveDuplicates();
        variant.environment()
                .forEach((name, value) -> assertThat(lines)
                        .contains(name + "=" + value)
                        .filteredOn(line -> line.startsWith(name + "="))
                        .hasSize(1));
        assertThat(lines.contains("NCCL_CROSS_NIC=0")).isEqualTo(variant != LaunchVariant.CROSS_RAIL);
    }

    /** The scripts that a Slurm job runs on a node, with srun's own variables. */
    @Test
    void aVariantsEnvironmentReachesTheWorkerByTheScriptsOfTheJob(@TempDir Path root) throws Exception {
        Cluster cluster = Samples.slurm(2, 1, Optional.of("box"), Optional.empty());
        Experiment experiment = Samples.experiment(cluster, LaunchVariant.CROSS_RAIL, "one");
        List<Spec> specs = Samples.specs(experiment, 30);
        Samples.prepare(root.resolve("prepared"), specs);
        Path java = Samples.java(root, root.resolve("prepared"), "echo $rank $NCCL_PXN_DISABLE $NCCL_CROSS_NIC");
        RunFolder folder = new RunFolder(root, Samples.RUN);
        new JobFiles(cluster, folder, new WorkerRuntime(java, List.of(), List.of()), Samples.SHORT)
                .write(experiment, specs);
        Path script = folder.experiment(experiment.id()).resolve("slurm-rank.sh");

        ProcessBuilder srun = new ProcessBuilder(
                "/bin/bash",
                script.toString(),
                folder.launch(experiment.id(), "one").toString(),
                "n1,n2",
                "1");
        srun.environment().keySet().retainAll(List.of("PATH"));
        srun.environment().putAll(Map.of("SLURMD_NODENAME", "n2", "SLURM_LOCALID", "0", "SLURM_PROCID", "1"));

        assertThat(srun.start().waitFor()).isZero();
        assertThat(folder.log(experiment.id(), "one", 1)).content().isEqualTo("1 1 1\n");
    }

    @Test
    void othersAreLeftAlone() {
        assertThat(environment(DeviceKind.REFERENCE, "collective", Map.of())).noneMatch(JobFilesTest::asksNccl);
        assertThat(environment(DeviceKind.CUDA, "burn", Map.of())).noneMatch(JobFilesTest::asksNccl);
    }

    private static boolean asksNccl(String line) {
        return line.startsWith("NCCL_");
    }

    private static List<String> environment(DeviceKind device, String id, Map<String, String> variables) {
        return environment(device, id, variables, LaunchVariant.DEFAULT);
    }

    private static List<String> environment(
            DeviceKind device, String id, Map<String, String> variables, LaunchVariant variant) {
        Cluster cluster = Samples.cluster(LauncherKind.LOCAL, device, 1, 1, Optional.empty(), List.of(), variables);
        Experiment burn = Samples.experiment(cluster, variant, "one");
        Experiment experiment = new Experiment(id, burn.workload(), burn.launches(), burn.gpusPerNode(), 0, 1);
        Spec spec = Samples.specs(experiment, 1).get(0);
        WorkerRuntime runtime = new WorkerRuntime(Path.of("/java"), List.of(Path.of("/a.jar")), List.of());
        return new JobFiles(cluster, new RunFolder(Path.of("/runs/1"), Samples.RUN), runtime, Samples.SHORT)
                .environment(experiment, experiment.launches().get(0), spec);
    }
}
