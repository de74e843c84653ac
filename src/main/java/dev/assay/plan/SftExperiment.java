package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.LimitText;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.Metric;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.MemoryPlan.Fit;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One config on so many nodes, as it is or as its stress variant.
 *
 * @param experiment without launches where it cannot run
 * @param extension launches that run only where scale efficiency cannot be told from the first
 * @param unscaled without launches: why what is held against a baseline cannot be measured, though it is asked for
 * @param noScale why nothing is asked for that is held against a baseline; empty: it is
 */
record SftExperiment(
        TrainingCase config,
        Sft.Run run,
        int nodes,
        Experiment experiment,
        Optional<Experiment> extension,
        Optional<Experiment> unscaled,
        Optional<String> noScale) {
    /** Nothing without launches of fewer nodes to compare with. */
    private static final Set<Metric> BASELINE =
            Set.of(Metric.SCALE_EFFICIENCY, Metric.SENSITIVITY, Metric.TRAIN_FABRIC);

    /** Nothing where no byte crosses a NIC. */
    private static final Set<Metric> FABRIC = Set.of(Metric.SENSITIVITY, Metric.TRAIN_FABRIC);

    static SftExperiment of(
            TrainingCase config, Sft.Run run, int nodes, Cluster cluster, GpuModel model, double seconds) {
        Machine machine = TrainingMachine.of(cluster, model);
        MemoryBudget budget = new MemoryBudget(model.memoryMebibytes() << 20, config.memoryFraction());
        boolean reference = cluster.device() == DeviceKind.REFERENCE;
        SftBaseline baselines = new SftBaseline(config, run, machine, budget, reference);
        Optional<String> unresolved = config.unresolved(run, nodes * machine.gpusPerNode());
        TrainingPlace place = unresolved.isPresent() ? baselines.elsewhere(nodes) : baselines.place(nodes);
        Optional<String> trouble =
                unresolved.or(() -> config.refused(place)).or(() -> misfit(place, budget, reference));
        int baseline = baselines.nodes(nodes);
        Optional<String> noScale = SftBaseline.notLarger(nodes, baseline);
        Optional<String> noBaseline = noScale.isPresent() ? Optional.empty() : baselines.missing(nodes, baseline);
        boolean scales = noScale.isEmpty() && noBaseline.isEmpty();
        int repetitions = reference || !scales ? 1 : Planner.REPETITIONS;
        SftSizes.Steps steps = reference
                ? SftSizes.referenceSteps()
                : place.prediction()
                        .map(step -> SftSizes.steps(step, seconds / repetitions))
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
        SftRehearsals rehearsals = new SftRehearsals(place.setup(), machine, nodes, baseline, reference);
        Launches launches = new Launches(cluster, nodes, scales, steps, rehearsals);
        Experiment experiment = trouble.isPresent()
                ? new Experiment(id, workload, List.of(), cluster.gpusPerNode(), 0, 0, trouble)
                : launches.experiment(id, workload, 0, repetitions);
        Optional<Experiment> extension = scales && !reference && trouble.isEmpty() && run == Sft.Run.NOMINAL
                ? Optional.of(launches.experiment(
                        id + "-extension", workload, Planner.REPETITIONS, Planner.EXTENSION_REPETITIONS))
                : Optional.empty();
        Optional<Experiment> unscaled = noBaseline
                .filter(why -> trouble.isEmpty() && !reference)
                .map(why -> new Experiment(
                        unscaled(id), workload, List.of(), cluster.gpusPerNode(), 0, 0, Optional.of(why)));
        return new SftExperiment(
                config,
                run,
                nodes,
                experiment,
                extension,
                unscaled,
                reference ? noScale.or(() -> noBaseline) : noScale);
    }

    /** The experiment that has no launches, for what a missing baseline leaves unknown. */
    static String unscaled(String experiment) {
        return experiment + "-scale";
    }

    private static Optional<String> misfit(TrainingPlace place, MemoryBudget budget, boolean reference) {
        return reference || place.fit() == Fit.INSIDE
                ? Optional.empty()
                : Optional.of("it does not fit " + place.arithmetic(budget)
                        + "; not run, and not made smaller: take more nodes, or another config");
    }

    /** What is judged of what cannot run is NOT_RUN, health aside, which is nobody's then. */
    List<Row> rows(SftCriteria asked, boolean sharedHost) {
        List<Criterion> all = asked.of(config, run);
        List<Criterion> kept =
                all.stream().filter(criterion -> applies(criterion, sharedHost)).toList();
        List<String> left = all.stream()
                .filter(criterion -> !kept.contains(criterion))
                .map(Criterion::id)
                .toList();
        return kept.stream()
                .map(criterion -> row(criterion.withoutRequiring(left)))
                .toList();
    }

    private Row row(Criterion criterion) {
        String serving = experiment(criterion).id();
        return new Row(criterion, nodes, experiment.gpusPerNode(), serving, title(criterion));
    }

    /** The one whose launches tell of it. */
    private Experiment experiment(Criterion criterion) {
        return BASELINE.contains(criterion.metric()) ? unscaled.orElse(experiment) : experiment;
    }

    private boolean applies(Criterion criterion, boolean sharedHost) {
        Metric metric = criterion.metric();
        if (experiment(criterion).notRunnable().isPresent()
                && (!criterion.judged() || metric.key().startsWith("health."))) {
            return false;
        }
        if (BASELINE.contains(metric) && noScale.isPresent()) {
            return false;
        }
        boolean ofFabric = metric.ofNics() || FABRIC.contains(metric);
        return (!ofFabric || (nodes > 1 && !sharedHost))
                && (nodes * experiment.gpusPerNode() > 1 || !Rows.comparesGpus(criterion));
    }

    private String title(Criterion criterion) {
        String limit = criterion.judged()
                ? " " + LimitText.of(criterion.limit(), criterion.unit())
                : criterion.metric() == Metric.TRAIN_MFU && run == Sft.Run.NOMINAL
                        ? " (no floor: not judged)"
                        : " (shown, not judged)";
        return criterion.title() + limit + " · " + Words.nodesTimesGpus(nodes, experiment.gpusPerNode());
    }

    /** Baselines and scaled launches by turns, every repetition beginning with the other one, all on the same nodes. */
    private record Launches(
            Cluster cluster, int nodes, boolean scales, SftSizes.Steps steps, SftRehearsals rehearsals) {
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
                    Timing.trainingSeconds(cluster, steps.warmUpSeconds(), launches)
                            + launches.stream().mapToDouble(rehearsals::seconds).sum()
                            + (first == 0 ? silentSeconds(workload) : 0));
        }

        /** The first launch of all ranks runs steps without collectives too, unless one GPU has none. */
        private double silentSeconds(Sft workload) {
            return nodes * cluster.gpusPerNode() == 1
                    ? 0
                    : steps.warmUpSeconds() + workload.silentSteps() * steps.seconds();
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
