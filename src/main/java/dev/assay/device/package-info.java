/**
 * Memory, streams, events, GEMMs, collectives and telemetry as a worker sees them. {@code device.cuda} drives a GPU through
 * JNA; {@code device.reference} is the same contract in plain Java: the oracle, and the embedded default.
 */
package dev.assay.device;
