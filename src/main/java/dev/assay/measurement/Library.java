package dev.assay.measurement;

/** A shared library as it was really mapped into the worker: name, real path, version it reports, SHA-256 of the file. */
public record Library(String name, String path, String version, String sha256) {}
