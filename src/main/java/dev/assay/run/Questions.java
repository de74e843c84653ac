package dev.assay.run;

import dev.assay.cluster.DeviceKind;
import dev.assay.cluster.GpuModel;
import dev.assay.plan.Experiment;
import dev.assay.plan.Plan;
import dev.assay.plan.PlannedChecks;
import dev.assay.plan.Row;
import dev.assay.plan.SftReach;
import dev.assay.verdict.Question;
import dev.assay.workload.Precision;
import dev.assay.workload.Sft;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** From the plan's rows to what the judge is asked. */
final class Questions {
    private Questions() {}

    static Question of(Row row, Plan plan) {
        return new Question(
                row.key(),
                row.title(),
                row.criterion(),
                row.nodes(),
                row.gpusPerNode(),
                valuesPerRank(row, plan),
                contract(plan),
                sft(row, plan).map(Sft::baselineNodes).orElse(1),
                sft(row, plan)
                        .map(sft -> new Question.Training(
                                sft.setup().zero().stage() > 0,
                                SftReach.why(plan, row),
                                Optional.empty(),
                                OptionalInt.of(sft.measuredSteps())))
                        .orElse(Question.Training.UNKNOWN),
                checks(row, plan));
    }

    private static Map<String, Map<String, Integer>> checks(Row row, Plan plan) {
        return plan.experiments().stream()
                .filter(experiment -> experiment.id().equals(row.experiment()))
                .findFirst()
                .map(PlannedChecks::of)
                .orElse(Map.of());
    }

    private static Optional<Sft> sft(Row row, Plan plan) {
        return plan.experiments().stream()
                .filter(experiment -> experiment.id().equals(row.experiment()))
                .map(Experiment::workload)
                .filter(Sft.class::isInstance)
                .map(Sft.class::cast)
                .findFirst();
    }

    private static int valuesPerRank(Row row, Plan plan) {
        return plan.experiments().stream()
                .filter(experiment -> experiment.id().equals(row.experiment()))
                .findFirst()
                .map(experiment -> experiment
                        .workload()
                        .valuesPerRank(
                                row.criterion().metric().key(),
                                row.criterion().conditions(),
                                row.gpusPerNode(),
                                row.nodes()))
                .orElse(1);
    }

    static Question.Contract contract(Plan plan) {
        GpuModel model = plan.gpuModel();
        return new Question.Contract(
                model.name(),
                model.bf16DenseTflops(),
                model.bf16AtMhz(),
                model.bf16FlopPerClockPerSm(),
                Arrays.stream(Precision.values()).collect(Collectors.toMap(Precision::key, Precision::rateOverBf16)),
                plan.cluster().sharedHost(),
                plan.cluster().device() == DeviceKind.REFERENCE,
                plan.fabricFloorGBps(),
                plan.cluster().nics().count(),
                plan.cluster().nics().gigabitsPerSecond() / 8,
                plan.cluster().nics().gpuDirect().orElse(true));
    }
}
