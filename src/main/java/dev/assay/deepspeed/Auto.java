package dev.assay.deepspeed;

/**
 * What {@code auto} becomes.
 *
 * @param words the rule, e.g. {@code hidden²}
 */
record Auto<T>(T value, String words) {}
