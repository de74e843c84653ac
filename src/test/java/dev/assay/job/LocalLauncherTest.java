package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.LauncherKind;
import dev.assay.cluster.RankBinding;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.RankTrouble;
import dev.assay.plan.Experiment;
import dev.assay.plan.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, with small scripts in the place of Java. */
class LocalLauncherTest {
    @TempDir
    Path root;

    private final List<String> progress = new ArrayList<>();

    private LaunchResult run(Cluster cluster, double phaseDeadline, String... script) {
        return runAll(cluster, phaseDeadline, new String[] {"one"}, script)
                .launches()
                .get(0);
    }

    private ExperimentResult runAll(Cluster cluster, double phaseDeadline, String[] launches, String... script) {
        Experiment experiment = Samples.experiment(cluster, launches);
        List<Spec> specs = Samples.specs(experiment, phaseDeadline);
        Samples.prepare(root.resolve("prepared"), specs);
        return launcher(cluster, script).run(experiment, specs, progress::add);
    }

    private LocalLauncher launcher(Cluster cluster, String... script) {
        Path java = Samples.java(root, root.resolve("prepared"), script);
        return new LocalLauncher(
                cluster,
                new RunFolder(root, Samples.RUN),
                new WorkerRuntime(java, List.of(Path.of("/a b.jar")), List.of("-Xmx64m")),
                Samples.SHORT);
    }

    private String log(int rank) throws IOException {
        return Files.readString(new RunFolder(root, Samples.RUN).log("burn", "one", rank));
    }

    private static RankTrouble culprit(LaunchResult result) {
        return result.troubles().stream()
                .filter(RankTrouble::culprit)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void collectsWhatTwoNodesLeave() {
        ExperimentResult result = runAll(Samples.local(2, 1), 30, new String[] {"one", "two"});

        assertThat(result.launches()).hasSize(2).allMatch(LaunchResult::whole);
        assertThat(result.launches().get(0).ranks())
                .extracting(rank -> rank.header().node())
                .containsExactly("n1", "n2");
        assertThat(progress).isNotEmpty();
    }

    @Test
    void tellsTheWorkerWhoItIs() throws IOException {
        Cluster cluster = Samples.cluster(
                LauncherKind.LOCAL,
                DeviceKind.CUDA,
                2,
                1,
                Optional.empty(),
                List.of(),
                Map.of("NCCL_IB_HCA", "=mlx5_0,mlx5_1", "TRICKY", "a  $(id) 'b' \\c=d"));

        run(
                cluster,
                30,
                "echo \"$ASSAY_RANK $ASSAY_LOCAL_RANK $ASSAY_NODE $ASSAY_GPU|$NCCL_IB_HCA|$TRICKY|$3|$4|$5|${HOSTILE-unset}\"");

        assertThat(log(0))
                .isEqualTo("0 0 n1 0|=mlx5_0,mlx5_1|a  $(id) 'b' \\c=d|-cp|/a b.jar|dev.assay.worker.Worker|unset\n");
        assertThat(log(1)).startsWith("1 0 n2 1|");
    }

    @Test
    void aVariantsEnvironmentReachesTheWorker() throws IOException {
        Cluster cluster = Samples.local(1, 1);
        Experiment experiment = Samples.experiment(cluster, LaunchVariant.NIC_ONLY, "one");
        List<Spec> specs = Samples.specs(experiment, 30);
        Samples.prepare(root.resolve("prepared"), specs);

        ExperimentResult result = launcher(cluster, "echo $NCCL_P2P_DISABLE $NCCL_SHM_DISABLE $NCCL_NVLS_ENABLE")
                .run(experiment, specs, progress::add);

        assertThat(log(0)).isEqualTo("1 1 0\n");
        assertThat(result.launches().get(0).variant()).isEqualTo(LaunchVariant.NIC_ONLY);
    }

    @Test
    void bindsALocalRankAsTheClusterFileSays() throws IOException {
        Cluster cluster = Samples.cluster(
                LauncherKind.LOCAL,
                DeviceKind.CUDA,
                1,
                1,
                Optional.empty(),
                List.of(new RankBinding(5, Optional.of("0"), Optional.of("=mlx5_3"))),
                Map.of("NCCL_IB_HCA", "=mlx5_0"));

        run(cluster, 30, "echo \"$ASSAY_GPU $NCCL_IB_HCA $(grep Cpus_allowed_list /proc/self/status)\"");

        assertThat(log(0)).matches("5 =mlx5_3 Cpus_allowed_list:\\s+0\n");
    }

    @Test
    void namesTheRankThatExited() {
        LaunchResult result = run(Samples.local(2, 1), 30, "[ $rank = 1 ] && { echo boom; exit 42; }", "sleep 60");

        assertThat(result.whole()).isFalse();
        assertThat(culprit(result).rank()).isEqualTo(1);
        assertThat(culprit(result).what()).startsWith("exited with 42");
        assertThat(culprit(result).logTail()).isEqualTo("boom");
        assertThat(result.troubles().get(0).what()).startsWith("killed by SIGTERM (143)");
    }

    @Test
    void namesTheRankThatWasKilled() {
        LaunchResult result = run(Samples.local(2, 1), 30, "[ $rank = 0 ] && kill -9 $$", "sleep 60");

        assertThat(culprit(result).rank()).isZero();
        assertThat(culprit(result).what()).startsWith("killed by SIGKILL (137)");
    }

    @Test
    void namesTheRankThatCrashedInNativeCode() {
        LaunchResult result = run(Samples.local(1, 1), 30, "kill -SEGV $$");

        assertThat(culprit(result).what()).startsWith("killed by SIGSEGV (139)");
    }

    @Test
    void endsARankThatHangs() {
        LaunchResult result = run(Samples.local(2, 1), 1, "[ $rank = 1 ] && sleep 60");

        assertThat(culprit(result).rank()).isEqualTo(1);
        assertThat(culprit(result).what()).startsWith("hung:");
        assertThat(result.ranks()).extracting(rank -> rank.header().rank()).containsExactly(0);
    }

    @Test
    void missesAResultThatWasNotWritten() {
        LaunchResult result = run(Samples.local(2, 1), 30, "[ $rank = 1 ] && exit 0");

        assertThat(culprit(result).rank()).isEqualTo(1);
        assertThat(culprit(result).what()).startsWith("exited with 0 but left no result file");
    }

    @Test
    void startsTheNextLaunchAfterOneThatFailed() {
        ExperimentResult result =
                runAll(Samples.local(1, 1), 30, new String[] {"one", "two"}, "[ $launch = one ] && exit 3");

        assertThat(result.launches().get(0).whole()).isFalse();
        assertThat(result.launches().get(1).whole()).isTrue();
    }

    @Test
    void leavesNoProcessWhenCancelled() throws Exception {
        Cluster cluster = Samples.local(2, 1);
        Experiment experiment = Samples.experiment(cluster, "one", "two");
        List<Spec> specs = Samples.specs(experiment, 60);
        Path started = root.resolve("started");
        LocalLauncher launcher = launcher(cluster, "echo $$ >> " + started, "trap '' TERM", "sleep 61");
        List<String> words = new ArrayList<>();
        Thread canceller = new Thread(() -> {
            while (!twoLines(started)) {
                Thread.onSpinWait();
            }
            words.add(launcher.cancelAll());
        });
        canceller.start();

        ExperimentResult result = launcher.run(experiment, specs, progress::add);
        canceller.join();

        assertThat(words).containsExactly("2 local ranks: confirmed gone");
        assertThat(result.launches())
                .allMatch(launch -> launch.jobTrouble().orElse("").startsWith("cancelled by this run"));
        assertThat(Files.readAllLines(started)).hasSize(2).noneMatch(LocalLauncherTest::runs);
        assertThat(launcher.cancelAll()).isEqualTo("no process of this run is left");
    }

    /** A process that has ended may stay listed until its parent has asked how. */
    private static boolean runs(String pid) {
        String stat = Text.content(Path.of("/proc", pid, "stat"));
        return !stat.isEmpty() && !stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
    }

    private static boolean twoLines(Path file) {
        return Text.content(file).lines().count() == 2;
    }

    @Test
    void sharesTheGpusOfThisHostAmongItsNodes() {
        Cluster cuda =
                Samples.cluster(LauncherKind.LOCAL, DeviceKind.CUDA, 2, 4, Optional.empty(), List.of(), Map.of());

        assertThat(LocalLauncher.gpu(cuda, "n1", 3)).isEqualTo(3);
        assertThat(LocalLauncher.gpu(cuda, "n2", 3)).isEqualTo(7);
        assertThat(LocalLauncher.gpu(Samples.local(2, 4), "n2", 3)).isEqualTo(3);
    }
}
