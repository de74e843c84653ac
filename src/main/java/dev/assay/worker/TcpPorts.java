package dev.assay.worker;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** TCP ports of this host. */
final class TcpPorts {
    /** {@code /proc/net/tcp}, {@code tcp6}: state of a socket that listens (linux, {@code tcp_states.h}). */
    private static final String LISTENS = "0A";

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    private TcpPorts() {}

    /** One that nobody listens on now; another process may still be faster. */
    static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Whether somebody listens, told by the kernel: to try it would take the one connection that perftest accepts. */
    static boolean listens(int port) throws IOException {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        for (Path table : TABLES) {
            if (Files.isReadable(table) && Files.readString(table).lines().anyMatch(line -> listens(line, suffix))) {
                return true;
            }
        }
        return false;
    }

    /** {@code 0: 00000000:4855 00000000:0000 0A …}. */
    private static boolean listens(String line, String suffix) {
        List<String> words = List.of(line.strip().split("\\s+", -1));
        return words.size() > 3 && words.get(1).endsWith(suffix) && words.get(3).equals(LISTENS);
    }
}
