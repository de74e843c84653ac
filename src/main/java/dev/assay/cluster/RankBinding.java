package dev.assay.cluster;

import java.util.Optional;

/**
 * Where one local rank runs.
 *
 * @param gpu index of the GPU on the node
 * @param cpus CPU list for taskset, e.g. {@code 0-15}
 * @param nic value of NCCL_IB_HCA for this rank, e.g. {@code =mlx5_0}
 */
public record RankBinding(int gpu, Optional<String> cpus, Optional<String> nic) {}
