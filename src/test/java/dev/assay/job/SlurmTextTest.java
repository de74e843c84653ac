package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The captured files are what Slurm 22.05.8 printed, with jobs whose names forge records. */
class SlurmTextTest {
    private static final String TAG = "assay-0123456789abcdef-burn-a1";

    static String captured(String name) {
        try (InputStream stream =
                Objects.requireNonNull(SlurmTextTest.class.getResourceAsStream("/slurm/" + name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"'12\n',12", "'12;alpha\n',12", "'sbatch: note\n12\n\n',12"})
    void readsTheJobIdOffTheLastLine(String out, long id) {
        assertThat(SlurmText.submitted(out)).hasValue(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "12 13\n",
                "Submitted batch job 12\n",
                "12\nbye\n",
                "-12\n",
                "12;a b\n",
                "99999999999999999999\n"
            })
    void doesNotGuessAJobId(String out) {
        assertThat(SlurmText.submitted(out)).isEmpty();
    }

    @Test
    void keepsOnlyRowsThatBearATagInFull() {
        assertThat(SlurmText.jobs(captured("squeue.txt")))
                .extracting(SlurmJob::id)
                .containsExactly(6L, 7L, 2L, 3L, 4L, 5L, 8L, 13L, 12L, 7L);
    }

    @Test
    void readsStateReasonAndNodes() {
        assertThat(SlurmText.jobs(captured("squeue.txt")))
                .contains(
                        new SlurmJob(6, "CANCELLED", "None", "n[1-2]", TAG),
                        new SlurmJob(
                                13,
                                "PENDING",
                                "ReqNodeNotAvail, UnavailableNodes:n8",
                                "",
                                "assay-0123456789abcdef-drain-a1"));
    }

    @Test
    void readsHowOurJobEnded() {
        assertThat(SlurmText.ended(captured("job-cancelled.txt"), 6, TAG))
                .contains(new SlurmText.Ended("CANCELLED", "0:15"));
    }

    @Test
    void isNotDeceivedByAComment() {
        assertThat(SlurmText.ended(captured("job-pending.txt"), 13, "assay-0123456789abcdef-drain-a1"))
                .map(SlurmText.Ended::state)
                .contains("PENDING");
    }

    @Test
    void believesNoRecordOfAnotherNameOrId() {
        assertThat(SlurmText.ended(captured("job-cancelled.txt"), 7, TAG)).isEmpty();
        assertThat(SlurmText.ended(captured("job-cancelled.txt"), 6, "assay-other-a1"))
                .isEmpty();
        assertThat(SlurmText.ended(captured("job-hostile-name.txt"), 14, "x")).isEmpty();
        assertThat(SlurmText.ended(captured("job-newline-name.txt"), 999, "a")).isEmpty();
        assertThat(SlurmText.ended("", 6, TAG)).isEmpty();
    }

    @Test
    void readsNodesWithFreeTextLast() {
        assertThat(SlurmText.nodes(captured("sinfo.txt"))).hasSize(8);
        SlurmText.Node drained = Optional.ofNullable(
                        SlurmText.nodes(captured("sinfo.txt")).get("n8"))
                .orElseThrow();
        assertThat(drained).isEqualTo(new SlurmText.Node("n8", "drained", 8, "acc test; $(id)|x"));
        assertThat(drained.usable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"idle", "mixed", "allocated", "idle~", "mixed+", "completing", "reserved", "planned"})
    void usesNodesThatAreUp(String state) {
        assertThat(new SlurmText.Node("n1", state, 1, "").usable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"down", "down*", "idle*", "drained", "draining", "inval", "unknown", "fail", ""})
    void usesNoOthers(String state) {
        assertThat(new SlurmText.Node("n1", state, 1, "").usable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "gpu:8 8",
                "gpu:h200:8(S:0-1) 8",
                "gpu:a:4,gpu:b:4 8",
                "(null) 0",
                "shard:8 0",
                "gpu:h200:8,shard:32 8"
            })
    void countsGpus(String gres, int gpus) {
        assertThat(SlurmText.nodes("n1|idle|" + gres + "|none\n").values())
                .extracting(SlurmText.Node::gpus)
                .containsExactly(gpus);
    }

    @ParameterizedTest
    @CsvSource({"30:00,30", "1:30:00,90", "2-01:00:00,2940"})
    void readsTimeLimits(String text, long minutes) {
        assertThat(SlurmText.minutes(text)).hasValue(minutes);
    }

    @Test
    void knowsNoLimitFromAWord() {
        assertThat(SlurmText.minutes("UNLIMITED")).isEmpty();
    }

    @Test
    void readsPartitionAndConfiguration() {
        assertThat(SlurmText.partition(captured("partition.txt")))
                .containsEntry("PartitionName", "box")
                .containsEntry("State", "UP")
                .containsEntry("MaxTime", "UNLIMITED");
        assertThat(SlurmText.config(captured("config.txt")))
                .containsEntry("MinJobAge", "300 sec")
                .containsKey("ClusterName");
    }
}
