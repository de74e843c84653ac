package dev.assay.measurement;

/**
 * A rank that left no usable result, with the evidence.
 *
 * @param rank −1 never occurs: trouble of the job as a whole stands in {@link LaunchResult#jobTrouble()}
 * @param what what was found, e.g. {@code exited with 42}, {@code killed by SIGKILL}, {@code result file truncated at line 7}
 * @param logTail the last lines of its log
 * @param culprit true for the first rank to fail by its own marker's time; the others are victims
 */
public record RankTrouble(int rank, String node, String what, String logTail, boolean culprit) {}
