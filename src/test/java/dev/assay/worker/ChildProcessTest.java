package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    /** A process that starts another one and then ends as a worker does whose phase took too long: without any handler. */
    static final class Parent {
        private Parent() {}

        public static void main(String[] arguments) throws IOException {
            ChildProcess child = ChildProcess.start(sleeper(Path.of(arguments[0])), Path.of(arguments[1]));
            while (!Files.exists(Path.of(arguments[0])) && child.isAlive()) {
                Thread.onSpinWait();
            }
            ProcessEnd.now(Watchdog.EXIT_CODE);
        }
    }

    @Test
    void outputAndExitCodeAreTheProgramsOwn() throws Exception {
        try (ChildProcess child = ChildProcess.start(
                List.of("/bin/sh", "-c", "echo out \"$1\"; echo err >&2; exit 7", "sh", "an argument"), output())) {
            assertThat(child.ended(SOON)).isTrue();

            assertThat(child.exitCode()).isEqualTo(7);
            assertThat(child.output()).isEqualTo("out an argument\nerr\n");
            assertThat(child.tail()).isEqualTo("its output ends: out an argument / err");
        }
    }

    @Test
    void whatStillRunsIsKilled() throws Exception {
        Path pid = folder.resolve("pid");
        ChildProcess child = ChildProcess.start(sleeper(pid), output());
        while (!Files.exists(pid)) {
            Thread.onSpinWait();
        }

        child.close();

        assertThat(child.isAlive()).isFalse();
        assertThat(gone(pid)).isTrue();
    }

    @Test
    void aChildDoesNotOutliveItsParentHoweverThatEnds() throws Exception {
        Path pid = folder.resolve("pid");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + Path.of("target", "test-classes").toAbsolutePath(),
                        Parent.class.getName(),
                        pid.toString(),
                        output().toString())
                .inheritIO()
                .start();

        assertThat(parent.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(parent.exitValue()).isEqualTo(Watchdog.EXIT_CODE);
        assertThat(gone(pid)).isTrue();
    }

    @Test
    void thePortsThatAreListenedOnAreKnown() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
            assertThat(TcpPorts.listens(port)).isTrue();
        }
        assertThat(TcpPorts.listens(port)).isFalse();
        assertThat(TcpPorts.free()).isPositive();
    }

    /** Writes its id, whole, and sleeps under it. */
    private static List<String> sleeper(Path pid) {
        return List.of(
                "/bin/sh", "-c", "echo $$ > '" + pid + ".new'; mv '" + pid + ".new' '" + pid + "'; exec sleep 1000");
    }

    private static boolean gone(Path pid) throws Exception {
        long id = Long.parseLong(Files.readString(pid).strip());
        if (ProcessHandle.of(id).isPresent()) {
            ProcessHandle.of(id).get().onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
        }
        return ProcessHandle.of(id).filter(ProcessHandle::isAlive).isEmpty();
    }

    private Path output() {
        return folder.resolve("output");
    }
}
