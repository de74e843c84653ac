package dev.assay.criteria;

import java.util.List;

/** A set of criteria as its file says them; the plan's figures make them whole. */
public final class Criteria {
    private final String name;
    private final List<Draft> drafts;

    Criteria(String name, List<Draft> drafts) {
        this.name = name;
        this.drafts = List.copyOf(drafts);
    }

    /** As the file calls itself, e.g. {@code h200-sxm}. */
    public String name() {
        return name;
    }

    List<Draft> drafts() {
        return drafts;
    }

    /** @throws dev.assay.cluster.InputException where a computed floor lies above the ceiling */
    public List<Criterion> resolve(PlannedFigures figures) {
        return drafts.stream().map(draft -> draft.resolve(figures)).toList();
    }
}
