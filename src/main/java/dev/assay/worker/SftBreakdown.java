package dev.assay.worker;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.trainer.CollectiveTime;
import dev.assay.trainer.StepResult;
import dev.assay.trainer.StepTimes;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Where the time of the measured steps went, and what they take where nothing travels. */
final class SftBreakdown {
    private final RankContext context;
    private final Sft sft;
    private final Map<String, String> conditions;

    /** @param conditions of every measurement */
    SftBreakdown(RankContext context, Sft sft, Map<String, String> conditions) {
        this.context = context;
        this.sft = sft;
        this.conditions = Map.copyOf(conditions);
    }

    void write(List<StepResult> measured) {
        write(Metric.TRAIN_FORWARD, of(measured, StepTimes::forward), Map.of());
        write(Metric.TRAIN_RECOMPUTE, of(measured, StepTimes::recomputation), Map.of());
        write(Metric.TRAIN_BACKWARD, of(measured, StepTimes::backward), Map.of());
        write(Metric.TRAIN_UPDATE, of(measured, StepTimes::optimizer), Map.of());
        write(Metric.TRAIN_EXPOSED, of(measured, StepTimes::exposed), Map.of());
        Map<String, List<CollectiveTime>> all = new LinkedHashMap<>();
        measured.forEach(step -> step.times()
                .collectives()
                .forEach(each -> all.computeIfAbsent(each.kind().key() + " " + each.purpose(), key -> new ArrayList<>())
                        .add(each)));
        all.values().forEach(this::writeCollective);
    }

    private void writeCollective(List<CollectiveTime> ofSteps) {
        CollectiveTime first = ofSteps.get(0);
        write(
                Metric.TRAIN_COLLECTIVE,
                ofSteps.stream().map(CollectiveTime::millis).toList(),
                Map.of(
                        "operation", first.kind().key(),
                        "purpose", first.purpose(),
                        "calls", Integer.toString(first.calls()),
                        "bytes", Long.toString(first.bytes()),
                        "busBytes",
                                Long.toString(Math.round(
                                        first.busBytes(context.group().size())))));
    }

    /** Whether the steps are to be run without the collectives too; weights are nonsense afterwards. */
    boolean wantsSilence() {
        return context.spec().silentSeconds() > 0;
    }

    /** Warmed up as the measured steps were, on the GPU that has just run them. Nothing that is checked may come after it. */
    void writeSilent(SftSteps steps) throws Exception {
        context.phase("silent steps", 3 * context.spec().silentSeconds());
        context.world().all().barrier("silent steps");
        steps.silent(sft.warmUpSteps());
        List<StepResult> silent = steps.silent(sft.silentSteps());
        double left = silent.stream()
                .mapToDouble(step -> step.times().exposed())
                .average()
                .orElseThrow();
        write(Metric.TRAIN_SILENT, steps.millis(), Map.of("waitsMilliseconds", Double.toString(left)));
    }

    private static List<Double> of(List<StepResult> steps, ToDoubleFunction<StepTimes> part) {
        return steps.stream().map(step -> part.applyAsDouble(step.times())).toList();
    }

    private void write(Metric metric, List<Double> samples, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(conditions);
        all.putAll(more);
        context.writer().write(Measurement.of(metric, samples, all));
    }
}
