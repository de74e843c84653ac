package dev.assay.measurement;

/** A digest of a whole result, to be compared bit for bit between GPUs, e.g. name {@code gemm.c} and 16 hex digits. */
public record Digest(String name, String value) {}
