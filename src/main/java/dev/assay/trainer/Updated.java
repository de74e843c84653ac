package dev.assay.trainer;

/**
 * What a look at a rank's optimizer found.
 *
 * @param checked numbers that were compared; 0 where the rank keeps no states
 * @param worst in bounds
 * @param words where the first wrong one lies, begun by a semicolon; empty: none is wrong
 */
public record Updated(long checked, long wrong, double worst, String words) {}
