package dev.assay.device;

/**
 * Element i = mean + deviation · {@link Counter#fineNormal}(seed, first + i), equal on all devices, so any piece of a tensor can
 * be made alone.
 *
 * @param deviation 0: a constant
 */
public record SeededNormal(long seed, long first, double mean, double deviation) {}
