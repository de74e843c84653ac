package dev.assay.device.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The file that NCCL writes its log into, named by {@code NCCL_DEBUG_FILE}, where {@code %h} is the host's name up to its
 * first point and {@code %p} the process. NCCL writes it line by line.
 *
 * @param file empty where NCCL writes none
 * @param from lines that it had before the communicator began to connect
 */
record NcclLogFile(Optional<Path> file, int from) {
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    /** Of this process, as it stands now. */
    static NcclLogFile now() {
        return at(Optional.ofNullable(System.getenv("NCCL_DEBUG_FILE")).map(NcclLogFile::expanded));
    }

    static NcclLogFile at(Optional<Path> file) {
        return new NcclLogFile(file, lines(file).size());
    }

    /** What NCCL has said of this communicator until now. */
    Map<String, String> report() {
        List<String> all = lines(file);
        return NcclLog.parse(all, all.subList(Math.min(from, all.size()), all.size()))
                .words();
    }

    private static Path expanded(String pattern) {
        return expanded(pattern, host(), ProcessHandle.current().pid());
    }

    static Path expanded(String pattern, String host, long pid) {
        int point = host.indexOf('.');
        return Path.of(pattern.replace("%h", point < 0 ? host : host.substring(0, point))
                .replace("%p", Long.toString(pid)));
    }

    private static String host() {
        try {
            return Files.readString(HOST).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** A log that cannot be read tells nothing; whoever needs it says so. */
    private static List<String> lines(Optional<Path> file) {
        if (file.isEmpty() || !Files.isReadable(file.get())) {
            return List.of();
        }
        try {
            return new String(Files.readAllBytes(file.get()), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
