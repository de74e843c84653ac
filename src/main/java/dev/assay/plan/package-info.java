/**
 * From criteria to the distinct experiments that serve them, their launches, order and cost, and the spec file that a worker
 * reads. Nothing here starts anything.
 */
package dev.assay.plan;
