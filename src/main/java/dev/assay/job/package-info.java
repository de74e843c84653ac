/**
 * How ranks are started and their files collected: on this host, or through Slurm. Only this package knows Slurm. It judges
 * nothing: it says what came back and what is missing.
 */
package dev.assay.job;
