package dev.assay.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.DeviceKind;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.LaunchVariant;
import dev.assay.plan.Spec;
import dev.assay.plan.SpecFile;
import dev.assay.workload.Gemm;
import dev.assay.workload.HostLaunch;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks' JVM by itself; with a worker it is tested in {@code LaunchRunnerTest}. */
class HostBenchmarksTest {
    private static final int ORPHANED = 75;
    private static final int FAILED = 70;

    @TempDir
    private Path folder;

    @Test
    void endsWithTheWorkerInTheMiddleOfABenchmark() throws Exception {
        Process process = start(60);
        try (BufferedReader answers = process.inputReader()) {
            assertThat(answers.readLine()).isEqualTo("ready");
            process.outputWriter().append("JnaCall 1\n").flush();

            process.getOutputStream().close();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(ORPHANED);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aBenchmarkThatIsNotThereIsAFailure() throws Exception {
        Process process = start(0.01);
        try (BufferedReader answers = process.inputReader()) {
            assertThat(answers.readLine()).isEqualTo("ready");

            process.outputWriter().append("NoSuchBenchmark 1\n").flush();

            assertThat(answers.readLine()).isNull();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(FAILED);
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(double seconds) throws IOException {
        Path spec = folder.resolve("spec.json");
        HostLaunch launch = new HostLaunch(new Gemm(16, 16, 16), 1 << 20, 1, 2, seconds, 16);
        SpecFile.write(
                spec,
                new Spec(
                        Spec.SCHEMA,
                        "run-1",
                        "plan-1",
                        "launch",
                        "load-1",
                        LaunchRole.LOAD,
                        0,
                        launch,
                        DeviceKind.REFERENCE,
                        List.of("node1"),
                        1,
                        1,
                        0,
                        20,
                        4711,
                        true,
                        List.of(),
                        LaunchVariant.DEFAULT));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Djmh.ignoreLock=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HostBenchmarks.class.getName(),
                        spec.toString(),
                        "node1",
                        "0",
                        folder.resolve("jmh.json").toString())
                .redirectError(folder.resolve("log").toFile())
                .start();
    }
}
