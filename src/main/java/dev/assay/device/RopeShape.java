package dev.assay.device;

/**
 * Rows of heads whose pairs (i, i + headSize / 2) are turned by position · base^(−2i / headSize), position = row mod sequence.
 *
 * @param heads the first heads of each row, which are turned
 * @param headSize even
 * @param stride elements from one row to the next, at least heads · headSize: what lies behind is left alone
 */
public record RopeShape(long rows, int heads, int headSize, int stride, int sequence, double base) {}
