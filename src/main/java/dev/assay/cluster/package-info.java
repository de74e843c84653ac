/**
 * What is there: nodes, GPUs, NICs with their rate, how jobs get in; and the datasheets of GPU models. Read from JSON, with
 * the strict reading of files that people write, which criteria share. Knows no other package of ours.
 */
package dev.assay.cluster;
