package dev.assay.plan;

import dev.assay.cluster.GpuModel;
import dev.assay.cluster.InputException;
import dev.assay.cluster.Nearest;
import dev.assay.criteria.Criterion;
import dev.assay.workload.Gemm;
import dev.assay.workload.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Which precisions a GPU model has, by its datasheet, and what the plan makes of those that it lacks. */
final class Precisions {
    private static final String DTYPE = "dtype";

    private Precisions() {}

    /** Those of a precision that the model has. */
    static List<Gemm> of(GpuModel model, List<Gemm> gemms) {
        return gemms.stream().filter(gemm -> has(model, gemm.precision().key())).toList();
    }

    private static boolean has(GpuModel model, String precision) {
        return model.precisions().isEmpty() || model.precisions().contains(precision);
    }

    /** What nothing measures because the model cannot; empty where it has them all. */
    static Optional<String> lacking(GpuModel model) {
        List<String> lacks = Arrays.stream(Precision.values())
                .map(Precision::key)
                .filter(precision -> !has(model, precision))
                .toList();
        return lacks.isEmpty()
                ? Optional.empty()
                : Optional.of("GEMMs in " + String.join(", ", lacks) + ": " + model.name()
                        + " has no such precision, by its datasheet.");
    }

    /** @throws InputException where a criterion asks for a precision that there is not, or that the model lacks */
    static void check(GpuModel model, List<Criterion> criteria) {
        List<String> all = Arrays.stream(Precision.values()).map(Precision::key).toList();
        for (Criterion criterion : criteria) {
            Optional.ofNullable(criterion.conditions().get(DTYPE)).ifPresent(asked -> {
                String doing = "Planning the criterion " + criterion.id() + " (dtype)";
                if (!all.contains(asked)) {
                    throw new InputException(
                            doing,
                            "the unknown precision \"" + asked + "\"",
                            String.join(", ", all),
                            Nearest.suggestion(asked, all, "name one of those"));
                }
                if (!has(model, asked)) {
                    throw new InputException(
                            doing,
                            asked + ", which " + model.name() + " does not have",
                            "its precisions, by the datasheet: " + String.join(", ", model.precisions()),
                            "remove the criterion, or correct gpuModel in the cluster file");
                }
            });
        }
    }
}
