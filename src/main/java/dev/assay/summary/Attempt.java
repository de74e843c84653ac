package dev.assay.summary;

import java.util.List;

/**
 * One attempt at a cluster, as the {@link Ledger} knows it. Retries are experiments of their own: whoever signs sees them all.
 *
 * @param outcome the decision's words, or {@link #ABORTED}
 * @param reason one sentence; may be empty
 */
public record Attempt(
        String runId, String startedAt, String cluster, List<Integer> nodeCounts, String outcome, String reason) {
    /** The outcome of an attempt that began and never concluded. */
    public static final String ABORTED = "aborted";

    public Attempt {
        nodeCounts = List.copyOf(nodeCounts);
    }
}
