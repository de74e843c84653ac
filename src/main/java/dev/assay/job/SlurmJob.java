package dev.assay.job;

import java.util.Set;

/** One row of squeue that is ours. */
record SlurmJob(long id, String state, String reason, String nodes, String tag) {
    private static final Set<String> ENDED = Set.of(
            "BOOT_FAIL",
            "CANCELLED",
            "COMPLETED",
            "DEADLINE",
            "FAILED",
            "LAUNCH_FAILED",
            "NODE_FAIL",
            "OUT_OF_MEMORY",
            "PREEMPTED",
            "RECONFIG_FAIL",
            "REVOKED",
            "TIMEOUT");

    /** Reasons that time does not heal; every other one, an unknown one too, may still end. */
    private static final Set<String> HARD_REASONS = Set.of(
            "PartitionDown",
            "PartitionInactive",
            "PartitionNodeLimit",
            "PartitionTimeLimit",
            "PartitionConfig",
            "BadConstraints",
            "JobHeldAdmin",
            "JobHeldUser",
            "AccountNotAllowed",
            "InvalidAccount",
            "InvalidQOS",
            "QOSNotAllowed",
            "DependencyNeverSatisfied");

    /** An unknown state counts as not ended: it is bounded by the deadline and never a success. */
    boolean ended() {
        return ended(state);
    }

    static boolean ended(String state) {
        return ENDED.contains(state);
    }

    boolean pending() {
        return state.equals("PENDING") || state.equals("REQUEUED") || state.equals("REQUEUE_HOLD");
    }

    boolean running() {
        return state.equals("RUNNING") || state.equals("COMPLETING") || state.equals("SUSPENDED");
    }

    /** Whether it waits for something that will not come by waiting. */
    boolean waitsInVain() {
        String first = reason.split("[ ,]", 2)[0];
        return pending()
                && (HARD_REASONS.contains(first) || first.startsWith("QOSMax") || first.matches("Assoc[A-Za-z]*Limit"));
    }
}
