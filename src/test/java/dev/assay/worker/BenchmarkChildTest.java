package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children that are shell scripts. */
class BenchmarkChildTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void saysWhatItIsToldAndEndsWell() throws Exception {
        try (BenchmarkChild child = start("echo ready; read order; echo \"did $order\"")) {
            child.expect("ready", SOON);
            child.say("something");

            child.expect("did something", SOON);
            child.awaitEnd();
        }
    }

    @Test
    void aChildThatFailsTellsTheEndOfItsLog() {
        try (BenchmarkChild child = start("echo 'no GPU 3 here' >&2; exit 70")) {
            assertThatThrownBy(() -> child.expect("ready", SOON))
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("running JMH in process")
                    .hasMessageContaining("ended with exit code 70, expected 0")
                    .hasMessageContaining("the end of child.log: no GPU 3 here");
        }
    }

    @Test
    void aChildThatIsKilledInTheMiddleTellsSo() throws Exception {
        try (BenchmarkChild child = start("echo ready; kill -9 $$")) {
            child.expect("ready", SOON);

            assertThatThrownBy(() -> child.answer(SOON))
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("exit code 137");
        }
    }

    @Test
    void aChildThatHangsIsNotWaitedForAndIsEnded() throws Exception {
        ProcessHandle process;
        try (BenchmarkChild child = start("echo ready; echo 'still at it' >&2; exec sleep 600")) {
            child.expect("ready", SOON);
            process = child.process();

            assertThatThrownBy(() -> child.answer(Duration.ofMillis(200)))
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("did not answer within 0.2 s");
        }
        assertThat(process.onExit().get(20, TimeUnit.SECONDS).isAlive()).isFalse();
    }

    @Test
    void aChildThatTalksNonsenseIsNotBelieved() {
        try (BenchmarkChild child = start("echo 'hello, world'; read order")) {
            assertThatThrownBy(() -> child.expect("ready", SOON))
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("answered \"hello, world\", expected \"ready\"");
        }
    }

    @Test
    void aChildThatEndsBadlyAfterAllHasNotDoneIt() throws Exception {
        try (BenchmarkChild child = start("echo ready; exit 1")) {
            child.expect("ready", SOON);

            assertThatThrownBy(child::awaitEnd)
                    .isInstanceOf(WorkerException.class)
                    .hasMessageContaining("did not end well, ended with exit code 1");
        }
    }

    @Test
    void aJavaThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> BenchmarkChild.start(List.of("/no/java"), folder.resolve("child.log")))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("starting the benchmarks' JVM /no/java");
    }

    private BenchmarkChild start(String script) {
        return BenchmarkChild.start(List.of("/bin/sh", "-c", script), folder.resolve("child.log"));
    }
}
