package dev.assay.run;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.criteria.CriteriaFile;
import dev.assay.plan.MeasuredDuration;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.NodeCounts;
import dev.assay.plan.Plan;
import dev.assay.plan.SftPlanner;
import dev.assay.plan.Suite;
import dev.assay.plan.TrainingPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code -Dsuite=sft}: what training would need and do, and the plan of its measurement. */
final class TrainingPreparation {
    private TrainingPreparation() {}

    /** @throws InputException on a DeepSpeed config that nothing would read, or on what training does not read */
    static boolean isAsked(Options options) {
        boolean asked = options.suite().filter(TrainingPlan.SUITE::equals).isPresent();
        if (!asked && options.dsConfig().isPresent()) {
            throw new InputException(
                    "Reading the DeepSpeed config (-Dds.config)",
                    "the suite " + options.suite().orElse("standard") + ", which trains nothing",
                    "-Dsuite=sft beside it",
                    "write -Dsuite=sft -Dds.config=FILE, or leave -Dds.config away");
        }
        if (!asked && options.planFrom().isPresent()) {
            throw new InputException(
                    "Reading the run to predict from (-Dplan.from)",
                    "the suite " + options.suite().orElse("standard") + ", which predicts no training",
                    "-Dsuite=sft beside it",
                    "write -Dsuite=sft -Dplan.from=RUN, or leave -Dplan.from away");
        }
        if (asked) {
            refuseUseless(options);
        }
        return asked;
    }

    /** Memory, traffic and time of every config. Of the reference device's stand-ins it says nothing, so there only if asked. */
    static String prediction(Options options, Cluster cluster, MeasuredParts measured) {
        return cluster.device() == DeviceKind.REFERENCE && !options.planOnly()
                ? ""
                : TrainingPlan.text(
                                cluster,
                                GpuModels.get(cluster.gpuModel()),
                                counts(options, cluster),
                                options.dsConfig(),
                                options.dsConfigs(),
                                measured)
                        + "\n";
    }

    static Plan plan(Options options, Cluster cluster, MeasuredParts measured) {
        GpuModel model = GpuModels.get(cluster.gpuModel());
        double seconds = options.duration()
                .map(text -> MeasuredDuration.parse(text, cluster.device()))
                .orElse(Suite.SFT.seconds(cluster.device()));
        return SftPlanner.plan(
                cluster,
                model,
                CriteriaFile.read(cluster.gpuModel(), options.criteria()),
                counts(options, cluster),
                seconds,
                options.dsConfig(),
                options.dsConfigs(),
                measured);
    }

    /** The DeepSpeed configs as they are, so that the run folder says what it was run by. */
    static void keepConfigs(Options options, Path runFolder) {
        Path target = runFolder.resolve(TrainingPlan.CONFIGS);
        try {
            Files.createDirectories(target);
            for (Path file : TrainingPlan.configs(options.dsConfig(), options.dsConfigs())) {
                Files.copy(file, target.resolve(String.valueOf(file.getFileName())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("copying the DeepSpeed configs into the run folder " + runFolder, e);
        }
    }

    private static List<Integer> counts(Options options, Cluster cluster) {
        return options.nodes().map(text -> NodeCounts.parse(text, cluster)).orElse(List.of());
    }

    private static void refuseUseless(Options options) {
        List<String> useless = new ArrayList<>();
        options.groups().ifPresent(value -> useless.add("-Dit.groups"));
        options.replay().ifPresent(value -> useless.add("-Drun"));
        if (!useless.isEmpty()) {
            throw new InputException(
                    "Preparing the training of -Dsuite=sft",
                    String.join(", ", useless) + ", which says nothing to it",
                    "-Dcluster, -Dnodes, -Dds.config, -Dduration, -Dcriteria, -Dplan, -Dplan.from",
                    "leave it away; a recorded run is judged again by -Drun alone");
        }
    }
}
