package dev.assay.measurement;

/**
 * The last line of a result file.
 *
 * @param lines how many lines stand before it
 * @param sha256 of every byte before it, hex
 */
record EndLine(int lines, String sha256) {}
