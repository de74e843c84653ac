package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.InputException;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.LimitText;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.MemoryPlan.Fit;
import dev.assay.training.StepSetup;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One config on so many nodes, as it is or as its stress variant.
 *
 * @param experiment without launches where it cannot run
 * @param extension launches that run only where scale efficiency cannot be told from the first
 * @param noScale why its scale efficiency is not asked for; empty: it is
 */
record SftExperiment(
        TrainingCase config,
        Sft.Run run,
        int nodes,
        Experiment experiment,
        Optional<Experiment> extension,
        Optional<String> noScale) {
    static SftExperiment of(
            TrainingCase config, Sft.Run run, int nodes, Cluster cluster, GpuModel model, double seconds) {
        Machine machine = TrainingMachine.of(cluster, model);
        MemoryBudget budget = new MemoryBudget(model.memoryMebibytes() << 20, config.memoryFraction());
        TrainingPlace place = place(config, run, nodes, machine, budget);
        boolean reference = cluster.device() == DeviceKind.REFERENCE;
        Optional<String> trouble = config.refused(place.setup()).or(() -> misfit(place, budget, reference));
        int baseline = reference ? 1 : baselineNodes(config, run, nodes, machine, budget);
        Optional<String> noScale = noScale(config, run, nodes, baseline, machine, budget, reference);
        SftSizes.Steps steps = reference
                ? SftSizes.referenceSteps()
                : place.prediction()
                        .map(step -> SftSizes.steps(step, seconds / Planner.REPETITIONS))
                        .orElseGet(SftSizes::referenceSteps);
        Sft workload = new Sft(
                config.key(),
                config.model(),
                run,
                reference ? SftSizes.standInWords(place.setup().model()) : "",
                reference ? SftSizes.standIn(place.setup()) : place.setup(),
                config.terms().adamW(),
                config.terms().gradientClipping(),
                baseline,
                steps.warmUp(),
                steps.measured());
        String id = SftCriteria.prefix(config, Sft.Run.NOMINAL) + "-" + nodes
                + (run == Sft.Run.NOMINAL ? "" : "-" + run.key());
        boolean scales = noScale.isEmpty();
        Launches launches = new Launches(cluster, nodes, scales, steps);
        Experiment experiment = trouble.isPresent()
                ? new Experiment(id, workload, List.of(), cluster.gpusPerNode(), 0, 0, trouble)
                : launches.experiment(id, workload, 0, reference || !scales ? 1 : Planner.REPETITIONS);
        Optional<Experiment> extension = scales && !reference && trouble.isEmpty() && run == Sft.Run.NOMINAL
                ? Optional.of(launches.experiment(
                        id + "-extension", workload, Planner.REPETITIONS, Planner.EXTENSION_REPETITIONS))
                : Optional.empty();
        return new SftExperiment(config, run, nodes, experiment, extension, noScale);
    }

    private static TrainingPlace place(
            TrainingCase config, Sft.Run run, int nodes, Machine machine, MemoryBudget budget) {
        return TrainingPlace.of(config.of(run, nodes * machine.gpusPerNode()), machine, budget, nodes);
    }

    private static Optional<String> misfit(TrainingPlace place, MemoryBudget budget, boolean reference) {
        return reference || place.fit() == Fit.INSIDE
                ? Optional.empty()
                : Optional.of("it does not fit " + place.arithmetic(budget)
                        + "; not run, and not made smaller: take more nodes, or another config");
    }

    /** The config's own, or the fewest that it fits on. */
    private static int baselineNodes(
            TrainingCase config, Sft.Run run, int nodes, Machine machine, MemoryBudget budget) {
        if (config.baselineNodes().isPresent()) {
            return config.baselineNodes().get();
        }
        int fewest = 1;
        while (fewest < nodes
                && resolved(config, run, fewest, machine, budget)
                        .filter(place -> place.fit() == Fit.INSIDE)
                        .isEmpty()) {
            fewest *= 2;
        }
        return Math.min(fewest, nodes);
    }

    /** Empty where the config's batch does not fit so many GPUs. */
    private static Optional<TrainingPlace> resolved(
            TrainingCase config, Sft.Run run, int nodes, Machine machine, MemoryBudget budget) {
        try {
            return Optional.of(place(config, run, nodes, machine, budget));
        } catch (InputException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> noScale(
            TrainingCase config,
            Sft.Run run,
            int nodes,
            int baseline,
            Machine machine,
            MemoryBudget budget,
            boolean reference) {
        if (nodes <= baseline || nodes % baseline != 0) {
            return Optional.of("it is not a larger multiple of its baseline, " + Words.plural(baseline, "node"));
        }
        StepSetup scaled = config.of(run, nodes * machine.gpusPerNode());
        Optional<TrainingPlace> base = resolved(config, run, baseline, machine, budget);
        if (base.filter(place -> place.setup().equals(scaled)).isEmpty()) {
            return Optional.of("a GPU's work is not the same on its baseline of " + Words.plural(baseline, "node")
                    + "; " + config.scaling());
        }
        return base.filter(place -> !reference && place.fit() != Fit.INSIDE)
                .map(place -> "its baseline does not fit " + place.arithmetic(budget));
    }

    /** What is judged of what cannot run is NOT_RUN, health aside, which is nobody's then. */
    List<Row> rows(SftCriteria asked) {
        return asked.of(config, run).stream()
                .filter(this::applies)
                .map(criterion ->
                        new Row(criterion, nodes, experiment.gpusPerNode(), experiment.id(), title(criterion)))
                .toList();
    }

    private boolean applies(Criterion criterion) {
        if (experiment.notRunnable().isPresent()
                && (!criterion.judged() || criterion.metric().key().startsWith("health."))) {
            return false;
        }
        boolean scales = criterion.metric() != Metric.SCALE_EFFICIENCY || noScale.isEmpty();
        return scales && (nodes * experiment.gpusPerNode() > 1 || !Rows.comparesGpus(criterion));
    }

    private String title(Criterion criterion) {
        String limit =
                criterion.judged() ? " " + LimitText.of(criterion.limit(), criterion.unit()) : " (shown, not judged)";
        return criterion.title() + limit + " · " + Words.nodesTimesGpus(nodes, experiment.gpusPerNode());
    }

    /** Baselines and scaled launches by turns, every repetition beginning with the other one, all on the same nodes. */
    private record Launches(Cluster cluster, int nodes, boolean scales, SftSizes.Steps steps) {
        Experiment experiment(String id, Sft workload, int first, int repetitions) {
            List<Launch> launches = new ArrayList<>();
            for (int repetition = first; repetition < first + repetitions; repetition++) {
                Launch scaled = launch("scaled-" + nodes, LaunchRole.SCALED, repetition);
                Launch baseline = launch("baseline", LaunchRole.BASELINE, repetition);
                launches.addAll(
                        !scales
                                ? List.of(scaled)
                                : repetition % 2 == 0 ? List.of(baseline, scaled) : List.of(scaled, baseline));
            }
            return new Experiment(
                    id,
                    workload,
                    launches,
                    cluster.gpusPerNode(),
                    steps.warmUpSeconds(),
                    Timing.trainingSeconds(cluster, steps.warmUpSeconds(), launches));
        }

        private Launch launch(String id, LaunchRole role, int repetition) {
            return new Launch(
                    id + "-r" + repetition,
                    role,
                    repetition,
                    cluster.nodes().subList(0, nodes),
                    steps.measuredSeconds());
        }
    }
}
