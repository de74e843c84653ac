package dev.assay.measurement;

/**
 * Why a rank stopped early, in its own words.
 *
 * @param phase what it was doing, e.g. {@code rendezvous}, {@code warm-up}, {@code measure}
 */
public record Failure(String phase, String message) {}
