package dev.assay.cluster;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a string from a cluster file may look like before it may reach a command line or a batch script: lists of what is
 * allowed, never of what is forbidden. None lets a leading dash, white space, quote, {@code %}, backslash or newline through.
 */
enum Allowed {
    NAME("[A-Za-z0-9][A-Za-z0-9._-]{0,62}", "1 to 63 of A-Z a-z 0-9 . _ -, the first a letter or digit"),
    /** Account, reservation, QOS: Slurm is more liberal here than with partitions. */
    LABEL("[A-Za-z0-9][A-Za-z0-9._@+-]{0,126}", "1 to 127 of A-Z a-z 0-9 . _ @ + -, the first a letter or digit"),
    CONSTRAINT(
            "[A-Za-z0-9(\\[][A-Za-z0-9._&|*,()\\[\\]-]{0,254}",
            "features joined by & | * , ( ) [ ], e.g. h200&ib, as sbatch --constraint takes them"),
    GRES("gpu(:[A-Za-z][A-Za-z0-9._-]{0,62})?", "gpu or gpu:TYPE without a count, e.g. gpu:h200"),
    PATH("/[A-Za-z0-9._+=,@/-]{1,510}", "an absolute path of A-Z a-z 0-9 . _ + = , @ - /"),
    CONTAINER(
            "[A-Za-z0-9/][A-Za-z0-9._:/@#+-]{0,510}",
            "an image as pyxis takes it, e.g. nvcr.io#nvidia/pytorch:25.08-py3"),
    MODULE("[A-Za-z0-9][A-Za-z0-9._+/-]{0,126}", "a module name, e.g. cuda/12.8"),
    VARIABLE("[A-Za-z_][A-Za-z0-9_]{0,126}", "a variable name: letters, digits, _, the first no digit"),
    VALUE("[^\\x00-\\x1f\\x7f-\\x9f]{0,4096}", "text of at most 4096 characters without control characters"),
    CPUS("[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*", "a CPU list as taskset takes it, e.g. 0-15,64-79"),
    NIC(
            "[=^]?[A-Za-z][A-Za-z0-9_]*(:[0-9]+)?(,[A-Za-z][A-Za-z0-9_]*(:[0-9]+)?)*",
            "a value of NCCL_IB_HCA, e.g. =mlx5_0");

    private final Pattern pattern;
    private final String words;

    Allowed(String pattern, String words) {
        this.pattern = Pattern.compile(pattern);
        this.words = words;
    }

    String check(InputJson value) {
        return value.matching(pattern, words);
    }

    static Optional<String> optional(InputJson object, String key, Allowed allowed) {
        return object.find(key).map(allowed::check);
    }

    Pattern pattern() {
        return pattern;
    }

    String words() {
        return words;
    }
}
