/**
 * The product's face: one class a family of criteria, parameterized from the plan; each row asks the run for its verdict and
 * asserts it. <em>Failed</em> is the cluster's fault, <em>broken</em> means that the suite or the job could not measure.
 */
package dev.assay.acceptance;
