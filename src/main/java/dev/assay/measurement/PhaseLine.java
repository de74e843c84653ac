package dev.assay.measurement;

/** When a rank began a phase, in seconds since its start: evidence for a reader of the file. */
record PhaseLine(String name, double seconds) {}
