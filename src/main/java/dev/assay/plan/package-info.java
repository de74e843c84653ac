/**
 * From criteria to the distinct experiments that serve them, their launches, order and cost, and the spec file that a worker
 * reads; and from DeepSpeed's files to what training by them would need and do. Nothing here starts anything.
 */
package dev.assay.plan;
