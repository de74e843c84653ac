package dev.assay.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A server of perftest that listens, or why none does. Its "Waiting for client" stands in a buffer of its own until it ends,
 * so the kernel is asked whether it listens.
 *
 * @param process the only one; none where there is a problem
 */
record PerftestServer(List<ChildProcess> process, int port, String problem) {
    static final int PORTS_TRIED = 3;

    private static final Duration POLL = Duration.ofMillis(20);

    /** In perftest's {@code ethernet_server_connect}. */
    private static final String PORT_TAKEN = "Couldn't listen to port";

    PerftestServer {
        process = List.copyOf(process);
    }

    /** On a free port; on another one where somebody took that meanwhile. */
    static PerftestServer start(IntFunction<List<String>> command, Path output, Duration toStart)
            throws IOException, InterruptedException {
        String problem = "";
        for (int attempt = 0; attempt < PORTS_TRIED; attempt++) {
            int port = TcpPorts.free();
            ChildProcess server = ChildProcess.start(command.apply(port), output);
            problem = awaitListening(server, port, toStart);
            if (problem.isEmpty()) {
                return new PerftestServer(List.of(server), port, "");
            }
            server.close();
            if (!problem.contains(PORT_TAKEN)) {
                break;
            }
        }
        return new PerftestServer(List.of(), 0, problem);
    }

    /** Empty once it listens. */
    private static String awaitListening(ChildProcess server, int port, Duration toStart)
            throws IOException, InterruptedException {
        long deadline = System.nanoTime() + toStart.toNanos();
        while (System.nanoTime() < deadline) {
            if (server.ended(POLL)) {
                return "ended with exit code " + server.exitCode() + " before it listened; " + server.tail();
            }
            if (TcpPorts.listens(port)) {
                return "";
            }
        }
        return "did not listen within " + words(toStart) + " and was killed; " + server.tail();
    }

    static String words(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }
}
