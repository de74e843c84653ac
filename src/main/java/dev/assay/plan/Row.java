package dev.assay.plan;

import dev.assay.criteria.Criterion;

/**
 * One line of the acceptance: a criterion at a node count, and the experiment that serves it.
 *
 * @param title as JUnit and Allure show it, e.g. {@code GPU utilisation ≥ 90 % · 2 nodes × 1 GPU}
 */
public record Row(Criterion criterion, int nodes, int gpusPerNode, String experiment, String title) {
    /** Stable key, e.g. {@code gpu-utilisation@2}. */
    public String key() {
        return criterion.id() + "@" + nodes;
    }
}
