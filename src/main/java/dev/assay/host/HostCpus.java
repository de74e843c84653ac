package dev.assay.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The CPUs that this process may run on, and what governs their clock.
 *
 * @param allowed as the kernel lists them, e.g. {@code 0-31,64-95}
 * @param governor of the first CPU, e.g. {@code performance}; or why there is none to tell
 */
public record HostCpus(String allowed, String governor) {
    private static final String KEY = "Cpus_allowed_list:";

    /**
     * @param status {@code /proc/self/status}, or a file like it
     * @param sys {@code /sys}, or a tree like it
     */
    public static HostCpus of(Path status, Path sys) {
        String allowed = read(status)
                .lines()
                .filter(line -> line.startsWith(KEY))
                .map(line -> line.substring(KEY.length()).strip())
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "reading the CPUs of this process: " + status + " has no line " + KEY + ", Linux writes one"));
        return new HostCpus(allowed, governor(sys, allowed));
    }

    /** A virtual machine has none. */
    private static String governor(Path sys, String allowed) {
        String first = allowed.split("[-,]", 2)[0];
        Path file = sys.resolve("devices/system/cpu/cpu" + first + "/cpufreq/scaling_governor");
        return Optional.of(file)
                .filter(Files::isReadable)
                .map(found -> read(found).strip())
                .orElse("not told by sysfs");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + file, e);
        }
    }
}
