package dev.assay.run;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.GpuModels;
import dev.assay.cluster.InputException;
import dev.assay.plan.NodeCounts;
import dev.assay.plan.TrainingPlan;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** {@code -Dsuite=sft}: this version plans training and does not train. */
final class TrainingPreparation {
    private TrainingPreparation() {}

    /** @throws InputException on a DeepSpeed config that nothing would read */
    static boolean isAsked(Options options) {
        boolean asked = options.suite().filter(TrainingPlan.SUITE::equals).isPresent();
        if (!asked && options.dsConfig().isPresent()) {
            throw new InputException(
                    "Reading the DeepSpeed config (-Dds.config)",
                    "the suite " + options.suite().orElse("standard") + ", which trains nothing",
                    "-Dsuite=sft beside it",
                    "write -Dsuite=sft -Dplan -Dds.config=FILE, or leave -Dds.config away");
        }
        return asked;
    }

    static void prepare(Options options, PrintStream out, Supplier<Cluster> read) {
        refuse(options);
        Cluster cluster = read.get();
        out.print(TrainingPlan.text(
                cluster,
                GpuModels.get(cluster.gpuModel()),
                options.nodes().map(text -> NodeCounts.parse(text, cluster)).orElse(List.of()),
                options.dsConfig(),
                options.dsConfigs()));
    }

    private static void refuse(Options options) {
        if (!options.planOnly()) {
            throw new InputException(
                    "Preparing the training of -Dsuite=sft",
                    "no -Dplan",
                    "-Dsuite=sft together with -Dplan: this version plans training, and does not train yet",
                    "add -Dplan to see what each config needs and would do here, or measure with -Dsuite=standard");
        }
        List<String> useless = new ArrayList<>();
        options.duration().ifPresent(value -> useless.add("-Dduration"));
        options.criteria().ifPresent(value -> useless.add("-Dcriteria"));
        options.groups().ifPresent(value -> useless.add("-Dit.groups"));
        options.replay().ifPresent(value -> useless.add("-Drun"));
        if (!useless.isEmpty()) {
            throw new InputException(
                    "Planning the training of -Dsuite=sft",
                    String.join(", ", useless) + ", which says nothing to it",
                    "-Dcluster, -Dnodes, -Dds.config",
                    "leave it away");
        }
    }
}
