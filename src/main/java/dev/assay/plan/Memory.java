package dev.assay.plan;

import dev.assay.cluster.GpuModel;
import dev.assay.cluster.InputException;
import dev.assay.workload.MemoryNeed;
import dev.assay.workload.Workload;
import java.util.List;
import java.util.Locale;

/** Whether what the workloads take at once fits the GPU: by one arithmetic for all, before any job starts. */
final class Memory {
    /** Of a GPU's memory; the rest is the context's, the libraries' and the checks' own. */
    static final double SHARE = 0.80;

    private static final double MEBIBYTE = 1 << 20;

    private Memory() {}

    static double budgetBytes(GpuModel model) {
        return SHARE * model.memoryMebibytes() * MEBIBYTE;
    }

    static boolean fits(Workload workload, GpuModel model) {
        return workload.memory().bytes() <= budgetBytes(model);
    }

    /** @throws InputException with the arithmetic of the first that does not fit */
    static void check(List<Experiment> experiments, GpuModel model) {
        for (Experiment experiment : experiments) {
            if (!fits(experiment.workload(), model)) {
                throw doesNotFit(
                        experiment.workload(),
                        model,
                        "",
                        "correct gpuModel in the cluster file, or leave the family out with -Dit.groups=");
            }
        }
    }

    /** @param from where the sizes come from; empty: they are the workload's own */
    static InputException doesNotFit(Workload workload, GpuModel model, String from, String advice) {
        return new InputException(
                "Planning the workload " + workload.key() + " for " + model.name(),
                workload.memory().words() + " a GPU" + from,
                String.format(
                        Locale.ROOT,
                        "at most %s: %.0f %% of the %d MiB of %s",
                        MemoryNeed.size(budgetBytes(model)),
                        100 * SHARE,
                        model.memoryMebibytes(),
                        model.name()),
                advice);
    }
}
