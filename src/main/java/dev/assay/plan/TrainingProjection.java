package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.InputException;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.MemoryPlan.Fit;
import dev.assay.training.Range;
import dev.assay.training.StepProjection;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Every config on the nodes asked for and on the whole cluster: what its steps are predicted to take, with stated error. */
final class TrainingProjection {
    private static final String ROW = "    %6s %-21s %-21s %-18s %-21s %s";

    private TrainingProjection() {}

    /**
     * One config on so many nodes.
     *
     * @param baselineNodes that scale is counted from; empty where it cannot be
     */
    record Place(TrainingCase config, Sft.Run run, int nodes, Optional<Integer> baselineNodes, StepProjection step) {}

    static List<String> head(Cluster cluster) {
        List<String> lines = new ArrayList<>();
        lines.add("Projection with its stated error, on the nodes asked for and on all of "
                + Words.nodesTimesGpus(cluster.nodes().size(), cluster.gpusPerNode()) + ":");
        lines.add(row(ROW, "nodes", "step, s", "tokens/s a GPU", "MFU %, causal", "exposed, s", "scale %"));
        return lines;
    }

    static List<String> lines(
            TrainingCase config, List<Integer> counts, Cluster cluster, Machine machine, MemoryBudget budget) {
        List<String> lines = new ArrayList<>();
        for (Sft.Run run : Sft.Run.values()) {
            List<Place> places = places(config, run, counts, cluster, machine, budget);
            if (!places.isEmpty()) {
                lines.add("  " + config.key() + (run == Sft.Run.NOMINAL ? "" : " " + run.key()) + against(places));
            }
            places.forEach(place -> lines.add(line(place)));
        }
        return lines;
    }

    private static String against(List<Place> places) {
        return places.stream()
                .flatMap(place -> place.baselineNodes().stream())
                .findFirst()
                .map(nodes -> ", scale against " + Words.plural(nodes, "node"))
                .orElse("");
    }

    private static String line(Place place) {
        StepProjection step = place.step();
        return row(
                ROW,
                TrainingTables.nodes(place.nodes(), place.config()),
                range(step.step()),
                range(step.tokensPerSecondPerGpu()),
                range(step.mfuCausal().times(100)),
                range(step.exposed()),
                step.weakEfficiency().map(scale -> range(scale.times(100))).orElse("-"));
    }

    /** Where it fits, its batch can be dealt to the GPUs and the engine does what it asks for. */
    static List<Place> places(
            TrainingCase config,
            Sft.Run run,
            List<Integer> counts,
            Cluster cluster,
            Machine machine,
            MemoryBudget budget) {
        TreeSet<Integer> all = new TreeSet<>(counts);
        all.add(cluster.nodes().size());
        boolean reference = cluster.device() == DeviceKind.REFERENCE;
        SftBaseline baselines = new SftBaseline(config, run, machine, budget, reference);
        return all.stream()
                .filter(nodes -> nodes <= cluster.nodes().size())
                .flatMap(nodes -> place(baselines, nodes).stream())
                .map(place -> {
                    Optional<Integer> baseline = baselines.of(place.nodes());
                    return new Place(
                            config,
                            run,
                            place.nodes(),
                            baseline,
                            StepProjection.of(place.setup(), machine, place.nodes(), baseline));
                })
                .toList();
    }

    private static Optional<TrainingPlace> place(SftBaseline baselines, int nodes) {
        try {
            return Optional.of(baselines.place(nodes))
                    .filter(place -> place.fit() == Fit.INSIDE
                            && baselines.config().refused(place).isEmpty());
        } catch (InputException e) {
            return Optional.empty();
        }
    }

    private static String range(Range range) {
        return number(range.value()) + " (" + number(range.low()) + " … " + number(range.high()) + ")";
    }

    private static String number(double value) {
        return Words.fixed(value, value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
    }

    private static String row(String format, Object... cells) {
        return String.format(Locale.ROOT, format, cells).stripTrailing();
    }
}
