/**
 * What can be run: one record a workload, with its parameters and its FLOP and byte formulas. Of our packages it knows {@code
 * training} alone, for a step's set-up.
 */
package dev.assay.workload;
