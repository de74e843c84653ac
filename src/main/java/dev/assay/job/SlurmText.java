package dev.assay.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Slurm's text means. Names, comments and reasons are free text of anybody, newlines included: only rows and fields that
 * such text cannot have made are believed.
 */
final class SlurmText {
    /** Fields of a squeue row; the name last, since it may hold the separator. */
    static final String QUEUE_FORMAT = "%i|%T|%r|%N|%j";
    /** Fields of a sinfo row; the reason last, since it is free text. */
    static final String NODE_FORMAT = "%N|%T|%G|%E";

    private static final Pattern SUBMITTED = Pattern.compile("(\\d{1,18})(;[A-Za-z0-9_.-]+)?");
    private static final Pattern TAG = Pattern.compile("assay-[a-z0-9-]{1,58}");
    private static final Pattern RECORD =
            Pattern.compile("^JobId=(\\d+) JobName=([a-z0-9-]+) UserId=[^ ]+ GroupId=[^ ]+ .*?"
                    + "JobState=([A-Z_]+) Reason=.*? Restarts=\\d+ .*?ExitCode=(\\d+:\\d+) ");
    private static final Pattern COUNT = Pattern.compile("(?:^|,)gpu(?::[A-Za-z0-9_.-]+)?:(\\d+)(?:\\([^)]*\\))?");

    private static final Pattern FIELD = Pattern.compile("(?<!\\S)([A-Za-z:/]+)=(\\S*)");

    private SlurmText() {}

    /** The job id that {@code sbatch --parsable} printed: the whole of its last line, or nothing. */
    static OptionalLong submitted(String out) {
        List<String> lines = out.lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()) {
            return OptionalLong.empty();
        }
        Matcher id = SUBMITTED.matcher(lines.get(lines.size() - 1).strip());
        return id.matches() ? OptionalLong.of(Long.parseLong(id.group(1))) : OptionalLong.empty();
    }

    /** Rows of jobs whose name is one of our tags, in full. */
    static List<SlurmJob> jobs(String out) {
        List<SlurmJob> jobs = new ArrayList<>();
        for (String line : out.lines().toList()) {
            String[] fields = line.split("\\|", 5);
            if (fields.length == 5
                    && fields[0].matches("\\d{1,18}")
                    && fields[1].matches("[A-Z_]+")
                    && TAG.matcher(fields[4]).matches()) {
                jobs.add(new SlurmJob(
                        Long.parseLong(fields[0]), fields[1], Text.printable(fields[2]), fields[3], fields[4]));
            }
        }
        return List.copyOf(jobs);
    }

    /** How one job ended, from {@code scontrol -o show job}; empty unless the record is of this very job. */
    static Optional<Ended> ended(String out, long id, String tag) {
        List<String> lines = out.lines().filter(line -> !line.isBlank()).toList();
        if (lines.size() != 1) {
            return Optional.empty();
        }
        Matcher record = RECORD.matcher(lines.get(0));
        if (!record.find()
                || !record.group(1).equals(Long.toString(id))
                || !record.group(2).equals(tag)) {
            return Optional.empty();
        }
        return Optional.of(new Ended(record.group(3), record.group(4)));
    }

    /** @param exitCode Slurm's own {@code code:signal} of the batch script */
    record Ended(String state, String exitCode) {}

    /** {@code scontrol show config}: settings by name. */
    static Map<String, String> config(String out) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String line : out.lines().toList()) {
            int equals = line.indexOf(" = ");
            if (equals > 0) {
                settings.putIfAbsent(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 3).strip());
            }
        }
        return settings;
    }

    /** {@code scontrol -o show partition}: fields by name; none of them is free text. */
    static Map<String, String> partition(String out) {
        Map<String, String> fields = new LinkedHashMap<>();
        FIELD.matcher(out).results().forEach(field -> fields.putIfAbsent(field.group(1), field.group(2)));
        return fields;
    }

    /** Slurm's {@code [days-]hours:minutes:seconds} in minutes; empty: no limit. */
    static OptionalLong minutes(String limit) {
        Matcher time = Pattern.compile("(?:(\\d+)-)?(?:(\\d+):)?(\\d+):(\\d+)").matcher(limit);
        if (!time.matches()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(whole(time.group(1)) * 1440 + whole(time.group(2)) * 60 + whole(time.group(3)));
    }

    private static long whole(@SuppressWarnings("NullAway") String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /** Rows of {@code sinfo -N}, by node. */
    static Map<String, Node> nodes(String out) {
        Map<String, Node> nodes = new LinkedHashMap<>();
        for (String line : out.lines().toList()) {
            String[] fields = line.split("\\|", 4);
            if (fields.length == 4 && fields[0].matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                nodes.putIfAbsent(
                        fields[0], new Node(fields[0], fields[1], gpus(fields[2]), Text.printable(fields[3])));
            }
        }
        return nodes;
    }

    private static int gpus(String gres) {
        return COUNT.matcher(gres.replaceAll("\\([^)]*\\)", ""))
                .results()
                .mapToInt(match -> Integer.parseInt(match.group(1)))
                .sum();
    }

    /** @param state as sinfo writes it, flags such as {@code *} (does not respond) included */
    record Node(String name, String state, int gpus, String reason) {
        boolean usable() {
            return state.replaceAll("[~#!%$@^+-]+$", "")
                    .matches("idle|mixed|allocated|completing|reserved|planned|maint");
        }
    }
}
