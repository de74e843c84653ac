package dev.assay.criteria;

import java.util.List;

/** A set of criteria as its file says them; the plan's figures make them whole. */
public final class Criteria {
    private final String name;
    private final List<Draft> drafts;
    private final List<Draft> training;

    Criteria(String name, List<Draft> drafts, List<Draft> training) {
        this.name = name;
        this.drafts = List.copyOf(drafts);
        this.training = List.copyOf(training);
    }

    /** As the file calls itself, e.g. {@code h200-sxm}. */
    public String name() {
        return name;
    }

    /** The workloads that its criteria name, training left out. */
    public List<String> workloads() {
        return drafts.stream().map(Draft::workload).distinct().toList();
    }

    List<Draft> drafts() {
        return drafts;
    }

    List<Draft> training() {
        return training;
    }

    /**
     * Those of training, as patterns: the plan makes one of each for every config and run.
     *
     * @throws dev.assay.cluster.InputException where a computed floor lies above the ceiling
     */
    public List<Criterion> resolveTraining(PlannedFigures figures) {
        return training.stream().map(draft -> draft.resolve(figures)).toList();
    }

    /** @throws dev.assay.cluster.InputException where a computed floor lies above the ceiling */
    public List<Criterion> resolve(PlannedFigures figures) {
        return drafts.stream().map(draft -> draft.resolve(figures)).toList();
    }
}
