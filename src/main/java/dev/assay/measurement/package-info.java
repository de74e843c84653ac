/**
 * What came back: metrics, raw samples, correctness checks, telemetry, and the file one rank leaves. Knows no other package
 * of ours. Nothing here judges.
 */
package dev.assay.measurement;
