package dev.assay.device;

/**
 * Which row of a table each row of an embedding is.
 *
 * @param tokens int32, one a row
 * @param vocabulary rows of the table
 */
public record Lookup(DeviceMemory tokens, long rows, int vocabulary, int width) {}
