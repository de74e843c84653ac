package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.InputException;
import dev.assay.measurement.ExperimentResult;
import dev.assay.training.Estimate;
import dev.assay.training.Figure;
import dev.assay.training.Machine;
import dev.assay.training.StepSetup;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a recorded run measured of the parts that a training step is predicted from ({@code -Dplan.from}).
 *
 * @param label of the run, as sources name it; empty: nothing was measured
 * @param gpusPerNode of the run
 */
public record MeasuredParts(
        String label,
        int gpusPerNode,
        Map<Figure, Estimate> gpus,
        Map<String, Double> shapes,
        Map<Figure, Estimate> links,
        List<TrainedStep> trained) {
    public MeasuredParts {
        gpus = Map.copyOf(gpus);
        shapes = Map.copyOf(shapes);
        links = Map.copyOf(links);
        trained = List.copyOf(trained);
    }

    public static MeasuredParts none() {
        return new MeasuredParts("", 0, Map.of(), Map.of(), Map.of(), List.of());
    }

    /**
     * @param results one an experiment of the plan
     * @param label e.g. {@code run bb869f22 of 2026-11-23T00:58:28Z}
     * @throws InputException where the run was on other GPUs than the cluster has, or measured no part
     */
    public static MeasuredParts of(Plan plan, List<ExperimentResult> results, String label, Cluster cluster) {
        String doing = "Taking the parts of a prediction from " + label + " (-Dplan.from)";
        if (plan.cluster().device() != DeviceKind.CUDA || !plan.gpuModel().key().equals(cluster.gpuModel())) {
            throw new InputException(
                    doing,
                    "a run on " + plan.gpuModel().name(),
                    "GPUs of the model " + cluster.gpuModel() + ", as the cluster " + cluster.name() + " has",
                    "name a run on such GPUs, or leave -Dplan.from away");
        }
        MeasuredGpus gpus = new MeasuredGpus(results, label);
        int perNode = plan.cluster().gpusPerNode();
        MeasuredParts parts = new MeasuredParts(
                label,
                perNode,
                gpus.figures(),
                gpus.shapes(),
                new MeasuredLinks(results, perNode, label)
                        .figures(cluster.nodes().size()),
                plan.experiments().stream()
                        .flatMap(experiment -> results.stream()
                                .filter(result -> result.experiment().equals(experiment.id()))
                                .flatMap(result -> TrainedStep.of(experiment, result, label).stream()))
                        .toList());
        if (parts.gpus.isEmpty() && parts.links.isEmpty() && parts.trained.isEmpty()) {
            throw new InputException(
                    doing,
                    "none of gemm, burn, hbm, collective, coupled and training on GPUs",
                    "one of them at least",
                    "name a run that measured them, or leave -Dplan.from away");
        }
        return parts;
    }

    /** The machine with what was measured in place of what was assumed, links only of nodes with as many GPUs. */
    Machine in(Machine assumed) {
        Map<Figure, Estimate> figures = new EnumMap<>(Figure.class);
        figures.putAll(gpus);
        boolean alike = gpusPerNode == assumed.gpusPerNode();
        if (alike) {
            figures.putAll(links);
        }
        Machine machine = assumed.with(figures).withShapes(shapes);
        Map<StepSetup, Estimate> steps = new HashMap<>();
        if (alike) {
            trained.forEach(step -> step.over(machine).ifPresent(over -> steps.put(step.setup(), over)));
        }
        return machine.withTrained(steps);
    }

    /** Why some of it does not count here; empty: all does. */
    String notTaken(Machine assumed) {
        return label.isEmpty() || gpusPerNode == assumed.gpusPerNode() || (links.isEmpty() && trained.isEmpty())
                ? ""
                : "of " + label + " links and steps are not taken: its nodes have " + Words.plural(gpusPerNode, "GPU")
                        + ", these " + assumed.gpusPerNode();
    }

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
