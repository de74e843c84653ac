package dev.assay.deepspeed;

/**
 * One value as it will be used, for the report.
 *
 * @param key path in the file, e.g. {@code zero_optimization.reduce_bucket_size}
 * @param value as text, e.g. {@code 500000000}
 * @param how where exactly it comes from, e.g. {@code line 12}
 */
public record Resolved(String key, String value, Origin origin, String how) {}
