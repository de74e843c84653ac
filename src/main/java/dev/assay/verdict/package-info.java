/**
 * Whether it is enough: pure functions from measurements and criteria to verdicts, coverage and decision.
 *
 * <ul>
 *   <li><b>The way of a question</b>: {@code Judge} takes a {@code Question}, asks what bars an answer ({@code Wholeness}, {@code
 *       Protocol}, {@code Correctness}), reads values ({@code Readings} and all that end in it), holds them against physics and
 *       limit ({@code Measured}, {@code Physics}, {@code Limits}), and then against what they rest on ({@code Requirements}).
 *   <li><b>Values of their own making</b>: {@code ScaleEfficiency} and {@code Interval}, {@code Sensitivity}, {@code Digests},
 *       {@code Identities}, {@code Nic…}, {@code Fallback} of NCCL, {@code Training…}, {@code ExposedCommunication}.
 *   <li><b>Who is to blame</b>: {@code Attribution}, {@code Outliers}, {@code Pair…}, {@code FabricBlame}; {@code Hints} says where
 *       to look.
 *   <li><b>What it comes to</b>: {@code Verdict} with its {@code State} and {@code Coverage}, then {@code Decisions}.
 * </ul>
 */
package dev.assay.verdict;
