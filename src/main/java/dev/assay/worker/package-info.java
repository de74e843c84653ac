/**
 * What one rank does: read the spec, meet the others, run the workload, check, write. Knows neither Slurm nor the driver; it
 * reads {@code ASSAY_*} variables and files.
 */
package dev.assay.worker;
