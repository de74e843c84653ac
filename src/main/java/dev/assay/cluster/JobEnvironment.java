package dev.assay.cluster;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Which variables a cluster file may set for the ranks, and which would spoil the measurement or the suite itself. */
final class JobEnvironment {
    private static final Pattern SUITE = Pattern.compile("(ASSAY|SLURM|SBATCH|SRUN|PMI|PMIX)_.*");
    private static final Pattern INJECTION =
            Pattern.compile("LD_PRELOAD|LD_AUDIT|BASH_ENV|ENV|IFS|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS");
    private static final Pattern TUNING =
            Pattern.compile("NCCL_(ALGO|PROTO|MIN_NCHANNELS|MAX_NCHANNELS|NTHREADS|BUFFSIZE|P2P_LEVEL|NET_GDR_LEVEL)");

    private JobEnvironment() {}

    static Map<String, String> read(InputJson environment) {
        Map<String, String> variables = new TreeMap<>();
        environment.fields().forEach((name, value) -> {
            if (!name.equals("comment")) {
                checkName(name, value);
                variables.put(name, Allowed.VALUE.check(value));
            }
        });
        return variables;
    }

    private static void checkName(String name, InputJson value) {
        String found = "the variable \"" + name + "\"";
        if (!Allowed.VARIABLE.pattern().matcher(name).matches()) {
            throw value.error("a variable with an impossible name", Allowed.VARIABLE.words(), "correct the name");
        }
        if (SUITE.matcher(name).matches()) {
            throw value.error(
                    found, "no ASSAY_*, SLURM_*, SBATCH_*, SRUN_*, PMI*", "remove it: the launcher sets these");
        }
        if (INJECTION.matcher(name).matches()) {
            throw value.error(
                    found,
                    "no variable that loads code into every process",
                    "remove it: what it loads would be part of the measurement and of no report");
        }
        if (TUNING.matcher(name).matches()) {
            throw value.error(
                    found,
                    "NCCL chooses algorithm, protocol, channels, buffers and paths itself in an acceptance",
                    "remove it: a value pinned for one message size hides a fabric that NCCL would avoid, or slows a good one");
        }
    }
}
