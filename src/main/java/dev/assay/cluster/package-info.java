/** What is there: nodes, GPUs, NICs with their rate, how jobs get in; and the datasheets of GPU models. Read from JSON. */
package dev.assay.cluster;
