package dev.assay.cluster;

import java.util.Optional;

/**
 * How jobs get into Slurm.
 *
 * @param clusterName Slurm's ClusterName, compared before anything is submitted or cancelled; empty: shown, not compared
 * @param gres the GPU resource without count, {@code gpu} or {@code gpu:h200}; empty: none asked for
 * @param configFile SLURM_CONF, where not the default
 * @param container image for pyxis' {@code --container-image}
 */
public record SlurmSettings(
        String partition,
        Optional<String> clusterName,
        Optional<String> account,
        Optional<String> reservation,
        Optional<String> constraint,
        Optional<String> qos,
        Optional<String> gres,
        Optional<String> configFile,
        Optional<String> container) {}
