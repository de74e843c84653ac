package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.SlurmSettings;
import dev.assay.plan.Experiment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubmissionTest {
    private final Cluster cluster = Samples.slurm(2, 8, Optional.empty(), Optional.empty());
    private final Experiment experiment = Samples.experiment(cluster, "one");

    private static SlurmSettings settings(String partition) {
        return new SlurmSettings(
                partition,
                Optional.empty(),
                Optional.of("physics"),
                Optional.of("maint"),
                Optional.of("h200&ib"),
                Optional.of("high"),
                Optional.of("gpu:h200"),
                Optional.empty(),
                Optional.empty());
    }

    private List<String> arguments(String partition, String folder) {
        return Submission.arguments(
                settings(partition), experiment, "assay-1-burn-a1", Path.of(folder), 12, Optional.of("gpu:h200:8"));
    }

    @Test
    void saysEverythingOnTheCommandLine() {
        assertThat(arguments("gpu", "/runs/1/experiments/burn"))
                .containsExactly(
                        "--parsable",
                        "--no-requeue",
                        "--open-mode=append",
                        "--export=NIL",
                        "--exclusive",
                        "--mem=0",
                        "--job-name=assay-1-burn-a1",
                        "--comment=assay-1-burn-a1",
                        "--chdir=/",
                        "--output=/runs/1/experiments/burn/job.out",
                        "--nodes=2",
                        "--nodelist=n1,n2",
                        "--ntasks-per-node=8",
                        "--time=12",
                        "--partition=gpu",
                        "--gres=gpu:h200:8",
                        "--account=physics",
                        "--reservation=maint",
                        "--constraint=h200&ib",
                        "--qos=high",
                        "/dev/stdin",
                        "/runs/1/experiments/burn");
        assertThat(JobFiles.script("job.sh")).doesNotContain("#SBATCH");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-x", "a b", "a\nb", "a\n#SBATCH --uid=0", "$(id)", "%j", "a\\b", "a;b", "é", "a\u0000"})
    void refusesAValueThatIsNoPlainWord(String partition) {
        assertThatThrownBy(() -> arguments(partition, "/runs"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("slurm.partition");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/runs/d%j", "/runs/a b", "relative", "/runs/a\\b", "/runs/a\nb"})
    void refusesAFolderThatSlurmWouldRewrite(String folder) {
        assertThatThrownBy(() -> arguments("gpu", folder))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("-Dassay.home=");
    }

    @Test
    void tagsAreShortAndPlain() {
        String tag = Submission.tag("0123456789abcdef0123456789abcdef", "Coupled_extension", 2);

        assertThat(tag).isEqualTo("assay-0123456789abcdef-coupled-extension-a2");
        assertThat(Submission.tag("r", "x".repeat(200), 10))
                .hasSize(64)
                .endsWith("-a10")
                .matches("[a-z0-9-]+");
    }

    @Test
    void slurmsProgramsGetNoVariableOfTheCaller() {
        Map<String, String> caller = Map.of(
                "PATH", "/opt/slurm/bin",
                "LD_LIBRARY_PATH", "/opt/slurm/lib",
                "SBATCH_PARTITION", "dead",
                "SLURM_CONF", "/etc/other.conf",
                "SQUEUE_FORMAT", "%A");

        assertThat(SlurmProcesses.environment(Optional.of("/box/slurm.conf"), caller))
                .containsOnly(
                        Map.entry("PATH", "/opt/slurm/bin"),
                        Map.entry("LD_LIBRARY_PATH", "/opt/slurm/lib"),
                        Map.entry("SLURM_CONF", "/box/slurm.conf"),
                        Map.entry("SLURM_TIME_FORMAT", "%s"),
                        Map.entry("LC_ALL", "C"),
                        Map.entry("TZ", "UTC"));
    }

    @Test
    void keepsBothStreamsOfAProgramApart() {
        SlurmCommands.Reply reply =
                new SlurmProcesses(Optional.empty()).call("bash", List.of("-c", "cat; echo bad >&2; exit 3"), "script");

        assertThat(reply).isEqualTo(new SlurmCommands.Reply(3, "script", "bad\n", false));
        assertThat(reply.words()).isEqualTo("exit 3: bad");
    }

    @Test
    void saysSoWhereAProgramIsNotThere() {
        SlurmCommands.Reply reply = new SlurmProcesses(Optional.empty()).call("no-such-program-of-slurm");

        assertThat(reply.answered()).isFalse();
        assertThat(reply.words()).contains("cannot start no-such-program-of-slurm");
    }
}
