package dev.assay.plan;

import dev.assay.cluster.InputException;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.MemoryPlan.Fit;
import dev.assay.workload.Sft;
import java.util.Optional;

/** What a run by a config on many nodes is compared with, and why it cannot be: of what is foretold and of what is run. */
record SftBaseline(TrainingCase config, Sft.Run run, Machine machine, MemoryBudget budget, boolean reference) {
    TrainingPlace place(int nodes) {
        return TrainingPlace.of(config.of(run, nodes * machine.gpusPerNode()), machine, budget, nodes);
    }

    /** Of a config whose batch keys do not fit so many nodes: the step that it means where they do fit. */
    TrainingPlace elsewhere(int nodes) {
        return TrainingPlace.of(config.of(run, config.reading().ranks()), machine, budget, nodes);
    }

    /**
     * The config's own, or the fewest that it fits on; on the reference device each node by itself.
     *
     * @param most nodes of the run
     */
    int nodes(int most) {
        if (reference) {
            return 1;
        }
        if (config.baselineNodes().isPresent()) {
            return config.baselineNodes().get();
        }
        int fewest = 1;
        while (fewest < most && !fits(fewest)) {
            fewest *= 2;
        }
        return Math.min(fewest, most);
    }

    /** Not where the config's batch does not divide over so many GPUs. */
    private boolean fits(int nodes) {
        try {
            return place(nodes).fit() == Fit.INSIDE;
        } catch (InputException e) {
            return false;
        }
    }

    /** What a run on so many nodes is held against; empty: it cannot be held against anything. */
    Optional<Integer> of(int nodes) {
        int baseline = nodes(nodes);
        return notLarger(nodes, baseline).isPresent()
                        || missing(nodes, baseline).isPresent()
                ? Optional.empty()
                : Optional.of(baseline);
    }

    /** Why there is nothing to compare. */
    static Optional<String> notLarger(int nodes, int baseline) {
        return nodes <= baseline
                ? Optional.of("it is not larger than its baseline, " + Words.plural(baseline, "node"))
                : Optional.empty();
    }

    /** Why there is no baseline, though the run is larger; with the arithmetic. */
    Optional<String> missing(int nodes, int baseline) {
        if (nodes % baseline != 0) {
            return Optional.of(Words.plural(nodes, "node") + " are no multiple of its baseline, "
                    + Words.plural(baseline, "node") + "; ask for a multiple (-Dnodes), or name another baseline");
        }
        try {
            return unlike(place(baseline), nodes);
        } catch (InputException e) {
            return Optional.of("its baseline of " + Words.plural(baseline, "node") + " cannot be: "
                    + String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
        }
    }

    private Optional<String> unlike(TrainingPlace baseline, int nodes) {
        if (!baseline.setup().equals(config.of(run, nodes * machine.gpusPerNode()))) {
            return Optional.of("a GPU's work is not the same on its baseline of "
                    + Words.plural(baseline.nodes(), "node") + "; " + config.scaling());
        }
        return reference || baseline.fit() == Fit.INSIDE
                ? Optional.empty()
                : Optional.of("its baseline does not fit " + baseline.arithmetic(budget));
    }
}
