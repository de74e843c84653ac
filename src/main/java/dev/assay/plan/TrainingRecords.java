package dev.assay.plan;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.training.Machine;
import dev.assay.training.MemoryBudget;
import dev.assay.training.Range;
import dev.assay.workload.Sft;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** From what is planned to what its plan says beforehand, and back from a recorded plan to what its criteria are made of. */
final class TrainingRecords {
    /** Plain Java on a machine that others use: a step of the stand-ins took a third to three times as long as another. */
    private static final double REFERENCE_LOW = 0.3;

    private static final double REFERENCE_HIGH = 3;

    private TrainingRecords() {}

    static TrainingRecord of(
            List<TrainingCase> cases,
            List<SftExperiment> experiments,
            Cluster cluster,
            GpuModel model,
            MeasuredParts measured) {
        boolean reference = cluster.device() == DeviceKind.REFERENCE;
        Machine machine = TrainingMachine.of(cluster, model, measured);
        return new TrainingRecord(
                reference ? List.of() : TrainingMachine.figures(machine),
                reference
                        ? experiments.stream()
                                .map(each -> onReference(each, cluster))
                                .toList()
                        : cases.stream()
                                .flatMap(config -> forecasts(config, experiments, cluster, model, machine))
                                .toList(),
                experiments.stream()
                        .map(each -> new TrainingAsked(
                                each.experiment().id(),
                                each.config().name(),
                                each.nodes(),
                                each.config().terms().floors(),
                                each.noScale()))
                        .toList(),
                cases.stream().map(config -> read(config, experiments, cluster)).toList());
    }

    private static TrainingConfig read(TrainingCase config, List<SftExperiment> experiments, Cluster cluster) {
        return TrainingConfig.of(
                config,
                experiments.stream()
                        .filter(each -> each.config().key().equals(config.key()))
                        .map(SftExperiment::nodes)
                        .distinct()
                        .toList(),
                cluster.gpusPerNode());
    }

    private static Stream<TrainingForecast> forecasts(
            TrainingCase config, List<SftExperiment> experiments, Cluster cluster, GpuModel model, Machine machine) {
        List<Integer> counts = experiments.stream()
                .filter(each -> each.config().key().equals(config.key()))
                .map(SftExperiment::nodes)
                .distinct()
                .toList();
        MemoryBudget budget = new MemoryBudget(model.memoryMebibytes() << 20, config.memoryFraction());
        return Stream.of(Sft.Run.values())
                .flatMap(run -> TrainingProjection.places(config, run, counts, cluster, machine, budget).stream())
                .map(place -> forecast(place, experiments, machine));
    }

    private static TrainingForecast forecast(
            TrainingProjection.Place place, List<SftExperiment> experiments, Machine machine) {
        return new TrainingForecast(
                place.config().key(),
                place.run(),
                place.nodes(),
                place.nodes() * machine.gpusPerNode(),
                experiments.stream()
                        .filter(each ->
                                each.config().key().equals(place.config().key())
                                        && each.run() == place.run()
                                        && each.nodes() == place.nodes()
                                        && each.experiment().notRunnable().isEmpty())
                        .map(each -> each.experiment().id())
                        .findFirst(),
                place.step().step(),
                place.step().tokensPerSecondPerGpu(),
                Optional.of(place.step().mfuCausal().times(100)),
                Optional.of(place.step().exposed()),
                place.step().weakEfficiency().map(scale -> scale.times(100)),
                place.baselineNodes());
    }

    /** Of the tiny stand-in, by what such a step took; it has neither a peak nor a fabric. */
    private static TrainingForecast onReference(SftExperiment each, Cluster cluster) {
        double step = SftSizes.REFERENCE_STEP * ReferenceTiming.of(cluster).share(each.nodes());
        Range seconds = new Range(step, REFERENCE_LOW * step, REFERENCE_HIGH * step);
        double tokens = (double) ((Sft) each.experiment().workload()).tokensPerStep();
        return new TrainingForecast(
                each.config().key(),
                each.run(),
                each.nodes(),
                each.nodes() * cluster.gpusPerNode(),
                Optional.of(each.experiment().id())
                        .filter(id -> each.experiment().notRunnable().isEmpty()),
                seconds,
                seconds.dividing(tokens),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
