/** What a cluster must reach: criteria with their limits, ceilings, units and sources, read from JSON. Nothing here judges. */
package dev.assay.criteria;
