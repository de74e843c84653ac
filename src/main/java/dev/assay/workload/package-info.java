/** What can be run: one record a workload, with its parameters and its FLOP and byte formulas. Knows no other package of ours. */
package dev.assay.workload;
