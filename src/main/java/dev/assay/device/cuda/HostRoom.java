package dev.assay.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much memory the host has left for this process, where Linux says so: whoever is refused pinned memory wants to know of
 * which of the three there was too little.
 *
 * @param meminfo {@code /proc/meminfo}
 * @param limits {@code /proc/self/limits}
 * @param cgroup {@code memory.max} of the process's control group, version 2, which Slurm sets for a job
 */
record HostRoom(String meminfo, String limits, String cgroup) {
    private static final Pattern LOCKED = Pattern.compile("(?m)^Max locked memory\\s+(\\S+)\\s+\\S+\\s+bytes");

    static HostRoom here() {
        return new HostRoom(
                text(Path.of("/proc/meminfo")),
                text(Path.of("/proc/self/limits")),
                groupOf(text(Path.of("/proc/self/cgroup")))
                        .map(group -> text(Path.of("/sys/fs/cgroup" + group, "memory.max")))
                        .orElse(""));
    }

    String words() {
        List<String> words = new ArrayList<>();
        kibibytes("MemAvailable")
                .ifPresent(free -> words.add(free * 1024 + " of "
                        + kibibytes("MemTotal").map(total -> total * 1024).orElse(0L)
                        + " bytes of the host's memory are available"));
        Matcher locked = LOCKED.matcher(limits);
        if (locked.find()) {
            words.add("this process may lock " + locked.group(1)
                    + (locked.group(1).equals("unlimited") ? "" : " bytes"));
        }
        if (cgroup.strip().matches("\\d+")) {
            words.add("its control group may use " + cgroup.strip() + " bytes");
        }
        return words.isEmpty() ? "how much is left the host does not tell" : String.join(", ", words);
    }

    private Optional<Long> kibibytes(String key) {
        Matcher found = Pattern.compile("(?m)^" + key + ":\\s+(\\d{1,15}) kB").matcher(meminfo);
        return found.find() ? Optional.of(Long.parseLong(found.group(1))) : Optional.empty();
    }

    /** Of version 2, whose only line begins with {@code 0::}. */
    private static Optional<String> groupOf(String text) {
        return text.lines()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring(3))
                .findFirst();
    }

    /** What cannot be read tells nothing; it must not hide the refusal that is being told. */
    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
