package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchVariant;
import dev.assay.measurement.RankTrouble;
import dev.assay.plan.Experiment;
import dev.assay.plan.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SlurmLauncherTest {
    private static final String TAG = "assay-0123456789abcdef-burn-a1";

    @TempDir
    Path root;

    private final FakeSlurm slurm = new FakeSlurm();
    private final Cluster cluster = Samples.slurm(2, 1, Optional.of("box"), Optional.empty());
    private final Experiment experiment = Samples.experiment(cluster, "first", "second");
    private final List<Spec> specs = Samples.specs(experiment, 60);
    private final List<String> progress = new ArrayList<>();
    private RunFolder folder = new RunFolder(Path.of("/unset"), Samples.RUN);
    private SlurmLauncher launcher = launcher();

    @BeforeEach
    void openRun() {
        folder = new RunFolder(root, Samples.RUN);
        launcher = launcher();
        slurm.queue = FakeSlurm.row(TAG, "PENDING", "Priority");
    }

    private SlurmLauncher launcher() {
        return new SlurmLauncher(
                cluster,
                folder,
                new WorkerRuntime(Path.of("/java"), List.of(Path.of("/a.jar"), Path.of("/b.jar")), List.of("-Xmx1g")),
                slurm,
                slurm,
                Samples.SHORT);
    }

    private ExperimentResult run() {
        return launcher.run(experiment, specs, progress::add);
    }

    @Test
    void collectsEveryLaunchOfAJobThatEndsWell() {
        slurm.at(10, () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None"));
        slurm.at(20, () -> finish("first"));
        slurm.at(30, () -> {
            finish("second");
            endJob("COMPLETED");
        });

        ExperimentResult result = run();

        assertThat(result.launches()).hasSize(2).allMatch(LaunchResult::whole);
        assertThat(Journal.read(folder.journal()).stream().map(Journal.Entry::event))
                .containsExactly("INTENT", "SUBMITTED", "ENDED", "COLLECTED");
        assertThat(progress).anyMatch(line -> line.contains("RUNNING")).anyMatch(line -> line.contains("Priority"));
        assertThat(slurm.count("sbatch")).isEqualTo(1);
        assertThat(slurm.count("scancel")).isZero();
    }

    @Test
    void aVariantsEnvironmentLiesWhereTheRanksOfTheJobReadIt() throws IOException {
        Experiment rings = Samples.experiment(cluster, LaunchVariant.RING, "first", "second");
        slurm.at(10, () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None"));
        slurm.at(20, this::finishAll);

        ExperimentResult result = launcher.run(rings, Samples.specs(rings, 60), progress::add);

        assertThat(Files.readAllLines(folder.launch("burn", "first").resolve("environment")))
                .contains("NCCL_ALGO=Ring");
        assertThat(result.launches()).hasSize(2).allMatch(launch -> launch.variant() == LaunchVariant.RING);
    }

    @Test
    void journalsTheIntentBeforeItSubmits() throws IOException {
        slurm.sbatch = new SlurmCommands.Reply(1, "", "sbatch: error: invalid partition specified: x", false);
        slurm.queue = "";

        run();

        List<Journal.Entry> journal = Journal.read(folder.journal());
        assertThat(journal.get(0).event()).isEqualTo("INTENT");
        assertThat(journal.get(0).detail("tag")).contains(TAG);
        assertThat(Files.readString(folder.experiment("burn").resolve("submit.txt")))
                .contains("--no-requeue\n")
                .contains("--job-name=" + TAG + "\n");
    }

    @Test
    void quotesSlurmWhereItRefuses() {
        slurm.sbatch = new SlurmCommands.Reply(1, "", "sbatch: error: invalid partition specified: x", false);
        slurm.queue = "";

        ExperimentResult result = run();

        assertThat(result.launches()).isEmpty();
        assertThat(result.notRunReason()).contains("sbatch: error: invalid partition specified: x");
        assertThat(slurm.count("sbatch")).isEqualTo(1);
    }

    @Test
    void doesNotAdoptTheRecordThatARefusalLeaves() {
        slurm.sbatch =
                new SlurmCommands.Reply(1, "", "sbatch: error: Requested node configuration is not available", false);
        slurm.queue = FakeSlurm.row(TAG, "FAILED", "BadConstraints");

        assertThat(run().notRunReason()).contains("Requested node configuration is not available");
    }

    @Test
    void adoptsTheJobOfASubmissionThatTimedOut() {
        slurm.sbatch = new SlurmCommands.Reply(-1, "", "", true);
        slurm.queue = "";
        slurm.at(12, () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None"));
        slurm.at(40, this::finishAll);

        ExperimentResult result = run();

        assertThat(result.launches()).hasSize(2).allMatch(LaunchResult::whole);
        assertThat(slurm.count("sbatch")).isEqualTo(1);
        assertThat(Journal.read(folder.journal()).stream().map(Journal.Entry::event))
                .contains("UNKNOWN", "ADOPTED");
    }

    @Test
    void doesNotTakeALostConnectionForARefusalUntilSlurmHasAnsweredLongEnough() {
        slurm.sbatch = new SlurmCommands.Reply(
                1, "", "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", false);
        slurm.queue = "";
        slurm.answers = false;
        slurm.at(300, () -> slurm.answers = true);
        slurm.clusterName = "box";

        ExperimentResult result = answeringConfigFirst();

        assertThat(result.notRunReason()).contains("Socket timed out");
        assertThat(Duration.ofNanos(slurm.nanos())).isGreaterThanOrEqualTo(Duration.ofSeconds(325));
        assertThat(slurm.count("sbatch")).isEqualTo(1);
    }

    private ExperimentResult answeringConfigFirst() {
        Cluster anyName = Samples.slurm(2, 1, Optional.empty(), Optional.empty());
        return new SlurmLauncher(
                        anyName,
                        folder,
                        new WorkerRuntime(Path.of("/java"), List.of(), List.of()),
                        slurm,
                        slurm,
                        Samples.SHORT)
                .run(experiment, specs, progress::add);
    }

    @Test
    void submitsNothingToAnotherCluster() {
        slurm.clusterName = "someone-elses";

        ExperimentResult result = run();

        assertThat(result.notRunReason()).contains("must be box").contains("got someone-elses");
        assertThat(slurm.count("sbatch")).isZero();
    }

    @Test
    void keepsALaunchThatEndedBeforeTheJobWasCancelled() {
        slurm.at(5, () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None"));
        slurm.at(20, () -> finish("first"));
        slurm.at(30, () -> {
            slurm.queue = FakeSlurm.row(TAG, "CANCELLED", "None");
            slurm.record = FakeSlurm.record(TAG, "CANCELLED");
        });

        ExperimentResult result = run();

        assertThat(result.launches().get(0).whole()).isTrue();
        LaunchResult second = result.launches().get(1);
        assertThat(second.jobTrouble().orElse("")).startsWith("cancelled from outside: CANCELLED");
        assertThat(second.troubles())
                .extracting(RankTrouble::what)
                .allMatch(what -> what.startsWith("did not start: no exit marker"));
    }

    @Test
    void callsAJobThatSlurmForgotVanished() {
        slurm.at(5, () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None"));
        slurm.at(20, () -> slurm.queue = "");

        ExperimentResult result = run();

        assertThat(result.launches()).noneMatch(LaunchResult::whole);
        assertThat(result.launches().get(1).jobTrouble().orElse("")).startsWith("vanished");
    }

    @Test
    void believesTheJobsOwnFilesWhereSlurmHasForgottenIt() {
        slurm.at(5, () -> {
            finishAll();
            slurm.queue = "";
            slurm.record = "";
        });

        assertThat(run().launches()).hasSize(2).allMatch(LaunchResult::whole);
    }

    @Test
    void neverTakesARecordOfAReusedIdForOurs() {
        slurm.at(5, () -> {
            slurm.queue = "";
            slurm.record = FakeSlurm.record("assay-somebody-a1", "COMPLETED");
        });

        assertThat(run().launches().get(0).jobTrouble().orElse("")).startsWith("vanished");
    }

    @Test
    void isNotDeceivedByJobNames() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        slurm.at(
                3,
                () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None") + "8|CANCELLED|None|n1|x" + TAG + "\n"
                        + "9|COMPLETED|None|n1|a\n7|COMPLETED|None|n1|" + TAG + " JobState=COMPLETED\n");
        slurm.at(30, this::finishAll);

        assertThat(run().launches()).hasSize(2).allMatch(LaunchResult::whole);
        assertThat(Duration.ofNanos(slurm.nanos())).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void cancelsAJobThatSlurmRequeues() {
        slurm.at(5, () -> slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None"));
        slurm.at(20, () -> slurm.queue = FakeSlurm.row(TAG, "PENDING", "BeginTime"));
        slurm.at(24, () -> slurm.queue = "");

        ExperimentResult result = run();

        assertThat(result.launches().get(0).jobTrouble().orElse(""))
                .startsWith("requeued by Slurm: PENDING (BeginTime)");
        assertThat(slurm.calls).anyMatch(call -> call.startsWith("scancel --quiet --name=" + TAG));
    }

    @Test
    void saysSoWhereTheScriptRefusedToRunTwice() {
        slurm.at(5, () -> write(folder.experiment("burn").resolve("job.refused"), "job 7, restart 1: refused"));
        slurm.at(7, () -> slurm.queue = "");

        assertThat(run().launches().get(0).jobTrouble().orElse(""))
                .contains("a second time")
                .contains("restart 1");
    }

    @Test
    void endsTheWaitForAReasonThatWaitingDoesNotMend() {
        slurm.queue = FakeSlurm.row(TAG, "PENDING", "PartitionDown");
        slurm.at(90, () -> slurm.queue = "");

        ExperimentResult result = run();

        assertThat(result.launches().get(0).jobTrouble().orElse("")).contains("waiting does not mend: PartitionDown");
        assertThat(Duration.ofNanos(slurm.nanos())).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(120));
    }

    @Test
    void waitsThroughASoftReasonUntilItsOwnDeadline() {
        slurm.queue = FakeSlurm.row(TAG, "PENDING", "ReqNodeNotAvail, UnavailableNodes:n2");
        slurm.at(3700, () -> slurm.queue = "");

        ExperimentResult result = run();

        assertThat(result.launches().get(0).jobTrouble().orElse("")).startsWith("pending for more than 60 min");
    }

    @Test
    void bridgesAnOutageOfTheController() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        slurm.at(10, () -> slurm.answers = false);
        slurm.at(600, () -> {
            slurm.answers = true;
            finishAll();
        });

        assertThat(run().launches()).hasSize(2).allMatch(LaunchResult::whole);
    }

    @Test
    void holdsANodeFailureAgainstTheLaunchThatItHit() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        slurm.at(10, () -> finish("first"));
        slurm.at(20, () -> endJobWithout("NODE_FAIL"));

        ExperimentResult result = run();

        assertThat(result.launches().get(0).whole()).isTrue();
        assertThat(result.launches().get(1).jobTrouble().orElse("")).startsWith("NODE_FAIL");
    }

    @Test
    void doesNotBelieveACompletedJobWithoutItsMarker() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        slurm.at(10, () -> {
            finish("first");
            finish("second");
            endJobWithout("COMPLETED");
        });

        assertThat(run().launches().get(1).jobTrouble().orElse("")).contains("left no job.done");
    }

    @Test
    void saysWhatSrunSaidWhereNoRankCan() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        slurm.at(10, () -> {
            write(launch("first").resolve("step.exit"), "1\n");
            write(folder.experiment("burn").resolve("job.out"), "srun: error: Unable to create step\u001b[31m\n");
            finish("second");
            endJob("COMPLETED");
        });

        ExperimentResult result = run();

        assertThat(result.launches().get(0).jobTrouble().orElse(""))
                .startsWith("its srun ended with 1")
                .contains("Unable to create step[31m");
        assertThat(result.launches().get(1).whole()).isTrue();
    }

    @Test
    void cancelsEverythingAndStartsNothingAfterwards() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        List<String> words = new ArrayList<>();
        slurm.at(10, () -> {
            slurm.at(25, () -> slurm.queue = FakeSlurm.row(TAG, "CANCELLED", "None"));
            words.add(launcher.cancelAll());
        });

        ExperimentResult result = run();

        assertThat(words).containsExactly("job " + TAG + ": confirmed gone");
        assertThat(slurm.calls).contains("scancel --quiet 7", "scancel --quiet --full --signal=KILL 7");
        assertThat(result.launches().get(0).jobTrouble()).contains("cancelled by this run");
        assertThat(run().notRunReason()).contains("being cancelled");
        assertThat(slurm.count("sbatch")).isEqualTo(1);
    }

    @Test
    void saysHowToEndAJobThatDoesNotGo() {
        slurm.queue = FakeSlurm.row(TAG, "RUNNING", "None");
        List<String> words = new ArrayList<>();
        slurm.at(10, () -> words.add(launcher.cancelAll()));
        slurm.at(100, () -> slurm.queue = "");

        run();

        assertThat(words.get(0))
                .contains("NOT confirmed gone (7 RUNNING on n[1-2])")
                .contains("scancel --name=" + TAG);
    }

    private Path launch(String launch) {
        return folder.launch("burn", launch);
    }

    private void finish(String launch) {
        Spec spec = specs.stream()
                .filter(s -> s.launch().equals(launch))
                .findFirst()
                .orElseThrow();
        for (int rank = 0; rank < spec.worldSize(); rank++) {
            Samples.seal(folder.result("burn", launch, rank), spec, spec.runId(), rank);
            write(folder.exitMarker("burn", launch, rank), CollectorTest.marker(rank, 0, "", 1));
        }
        write(launch(launch).resolve("step.exit"), "0\n");
    }

    private void finishAll() {
        finish("first");
        finish("second");
        endJob("COMPLETED");
    }

    private void endJob(String state) {
        write(folder.experiment("burn").resolve("job.done"), "7\n");
        endJobWithout(state);
    }

    private void endJobWithout(String state) {
        slurm.queue = FakeSlurm.row(TAG, state, "None");
        slurm.record = FakeSlurm.record(TAG, state);
    }

    private static void write(Path file, String text) {
        RunFiles.write(file, text);
    }
}
