package dev.assay.worker;

import dev.assay.device.Telemetry;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.trainer.StepResult;
import dev.assay.trainer.StepTimes;
import dev.assay.trainer.Trainer;
import dev.assay.trainer.TrainerPlan;
import dev.assay.trainer.TrainerSetup;
import dev.assay.trainer.WeightSums;
import dev.assay.training.Collective;
import dev.assay.training.MemoryPlan;
import dev.assay.training.StepCollectives;
import dev.assay.workload.Sft;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Training: steps on data that repeats, some to warm up, then the measured ones without a pause between them. What they gave is
 * compared over the ranks afterwards, so that nothing but the work runs meanwhile.
 */
final class SftRunner implements Runner {
    private static final double MEBIBYTE = 1 << 20;
    private static final String REFERENCE = "reference";

    private final RankContext context;
    private final Sft sft;

    SftRunner(RankContext context, Sft sft) {
        this.context = context;
        this.sft = sft;
    }

    @Override
    public void run() throws Exception {
        context.phase("prepare", context.spec().warmUpSeconds());
        long free = context.device().freeBytes();
        TrainerPlan plan = TrainerPlan.of(setup(), SftSharding.of(context));
        SftGemms gemms = SftGemms.choose(context, plan.gemms());
        Trainer trainer = context.owned().own(plan.prepare(context.device(), context.left()));
        gemms.applyTo(trainer);
        Telemetry telemetry = context.owned().own(context.device().newTelemetry());
        SftSteps steps = SftSteps.of(context, sft, trainer);
        SftRehearsal rehearsal = new SftRehearsal(context, sft.setup(), trainer);
        rehearsal.run("before the first step");

        context.phase("warm-up", 3 * context.spec().warmUpSeconds());
        context.world().all().barrier("warm-up");
        List<StepResult> warm = steps.run(sft.warmUpSteps());
        writeMemory(free, plan.memory().bytes());

        context.phase("measure", 3 * context.spec().measuredSeconds());
        context.world().all().barrier("measure");
        telemetry.begin();
        List<StepResult> measured = steps.run(sft.measuredSteps());
        Telemetry.Window window = telemetry.end();
        List<Double> times = steps.millis();
        write(Metric.STEP_TIME, times);
        writeWork(plan.flop());
        writeParts(measured);
        double seconds = times.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
        TelemetryLines.write(context.writer(), window, seconds);

        context.phase("check", context.spec().measuredSeconds());
        SftCurve curve = SftCurve.of(context.group(), warm, measured);
        curve.write(context.writer());
        SftChecks.write(context.writer(), sft.setup(), curve);
        WeightSums weights = trainer.weightSums(context.left());
        context.writer().write(SftDigest.of(weights));
        rehearsal.check(curve, weights);
        rehearsal.run("after the measured steps");
    }

    private TrainerSetup setup() {
        return new TrainerSetup(
                sft.setup(), sft.optimizer(), sft.clipping(), context.spec().seed());
    }

    /** What the step is, so that rates follow from its time. The bytes are those of the plan: nobody counts them here. */
    private void writeWork(double enqueued) {
        long bytes = StepCollectives.of(sft.setup(), context.group().size()).stream()
                .mapToLong(Collective::bytes)
                .sum();
        write(Metric.STEP_BYTES, List.of((double) bytes));
        write(Metric.STEP_TOKENS, List.of((double) sft.tokensPerStep()));
        write(Metric.STEP_FLOP, List.of(sft.flopPerStep()));
        write(Metric.STEP_FLOP_FULL, List.of(sft.fullFlopPerStep()));
        write(Metric.STEP_FLOP_EXECUTED, List.of(enqueued));
    }

    private void writeParts(List<StepResult> measured) {
        write(Metric.TRAIN_FORWARD, parts(measured, StepTimes::forward));
        write(Metric.TRAIN_BACKWARD, parts(measured, StepTimes::backward));
        write(Metric.TRAIN_UPDATE, parts(measured, StepTimes::optimizer));
    }

    private static List<Double> parts(List<StepResult> steps, ToDoubleFunction<StepTimes> part) {
        return steps.stream().map(step -> part.applyAsDouble(step.times())).toList();
    }

    /** The Java heap tells nothing of what the reference device holds. */
    private void writeMemory(long freeBefore, long planned) {
        if (context.device().identity().kind().equals(REFERENCE)) {
            return;
        }
        double all = context.device().identity().memoryBytes();
        write(Metric.MEMORY_USED, List.of((all - context.device().freeBytes()) / MEBIBYTE));
        Map<String, String> conditions = new HashMap<>(conditions());
        conditions.put(
                "predictedMebibytes",
                Long.toString(MemoryPlan.of(sft.setup(), context.group().size()).total() >> 20));
        context.writer()
                .write(Measurement.of(
                        Metric.MEMORY_PLANNED, List.of((all - freeBefore + planned) / MEBIBYTE), conditions));
    }

    private void write(Metric metric, List<Double> samples) {
        context.writer().write(Measurement.of(metric, samples, conditions()));
    }

    private Map<String, String> conditions() {
        return Map.of(
                "config", sft.config(),
                "run", sft.run().key(),
                "model", sft.standIn().isEmpty() ? sft.model() : sft.model() + " (" + sft.standIn() + ")",
                "ranks", Integer.toString(context.group().size()));
    }
}
