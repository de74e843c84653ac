package dev.assay.cluster;

import java.util.List;
import java.util.Optional;

/** The {@code slurm} part of a cluster file: there with Slurm's launcher, and only there. */
final class SlurmJson {
    static final List<String> KEYS = List.of(
            "partition",
            "clusterName",
            "account",
            "reservation",
            "constraint",
            "qos",
            "gres",
            "configFile",
            "container");

    private SlurmJson() {}

    static Optional<SlurmSettings> read(InputJson root, LauncherKind launcher) {
        if (launcher == LauncherKind.LOCAL) {
            root.find("slurm").ifPresent(value -> {
                throw value.error(
                        "Slurm settings with the local launcher",
                        "none",
                        "remove them, or use \"launcher\": \"slurm\"");
            });
            return Optional.empty();
        }
        InputJson slurm =
                root.required("slurm", "\"slurm\": {\"partition\": \"gpu\"}").onlyKeys(KEYS);
        return Optional.of(new SlurmSettings(
                Allowed.NAME.check(slurm.required("partition", "sinfo -s lists the partitions")),
                Allowed.optional(slurm, "clusterName", Allowed.NAME),
                Allowed.optional(slurm, "account", Allowed.LABEL),
                Allowed.optional(slurm, "reservation", Allowed.LABEL),
                Allowed.optional(slurm, "constraint", Allowed.CONSTRAINT),
                Allowed.optional(slurm, "qos", Allowed.LABEL),
                Allowed.optional(slurm, "gres", Allowed.GRES),
                Allowed.optional(slurm, "configFile", Allowed.PATH),
                Allowed.optional(slurm, "container", Allowed.CONTAINER)));
    }
}
