package dev.assay.measurement;

import java.util.List;
import java.util.Optional;

/**
 * One launch of an experiment as it was collected: the results of the ranks that have one, trouble for each that has not.
 *
 * @param id unique in the experiment, e.g. {@code scaled-4-r2}
 * @param role what the launch serves
 * @param repetition 0-based
 * @param nodes the nodes it ran on, in rank order
 * @param ranks complete results of this very run, plan, experiment and launch, ascending by rank
 * @param troubles one for each expected rank without a result
 * @param jobTrouble what befell the job as a whole, e.g. {@code CANCELLED by uid 1000}
 * @param variant how NCCL was to connect its ranks
 */
public record LaunchResult(
        String id,
        LaunchRole role,
        int repetition,
        List<String> nodes,
        int gpusPerNode,
        List<RankResult> ranks,
        List<RankTrouble> troubles,
        Optional<String> jobTrouble,
        LaunchVariant variant) {
    public LaunchResult {
        nodes = List.copyOf(nodes);
        ranks = List.copyOf(ranks);
        troubles = List.copyOf(troubles);
    }

    public LaunchResult(
            String id,
            LaunchRole role,
            int repetition,
            List<String> nodes,
            int gpusPerNode,
            List<RankResult> ranks,
            List<RankTrouble> troubles,
            Optional<String> jobTrouble) {
        this(id, role, repetition, nodes, gpusPerNode, ranks, troubles, jobTrouble, LaunchVariant.DEFAULT);
    }

    public int expectedRanks() {
        return nodes.size() * gpusPerNode;
    }

    /** Whether every expected rank left a complete result without failure and the job ended well. */
    public boolean whole() {
        return ranks.size() == expectedRanks()
                && troubles.isEmpty()
                && jobTrouble.isEmpty()
                && ranks.stream().allMatch(rank -> rank.failure().isEmpty());
    }
}
