package dev.assay.worker;

import dev.assay.device.Telemetry;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.trainer.AllocationPlan;
import dev.assay.trainer.MemoryPart;
import dev.assay.trainer.StepResult;
import dev.assay.trainer.Trainer;
import dev.assay.trainer.TrainerPlan;
import dev.assay.trainer.TrainerSetup;
import dev.assay.trainer.UpdateWatch;
import dev.assay.trainer.Updated;
import dev.assay.trainer.WeightSums;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.MemoryPlan;
import dev.assay.training.StepCollectives;
import dev.assay.workload.Precision;
import dev.assay.workload.Sft;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

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
    public boolean isWatchedThroughout() {
        return false;
    }

    @Override
    public void run() throws Exception {
        context.phase("prepare", context.spec().warmUpSeconds());
        SftTraffic traffic = new SftTraffic(context, sft.setup());
        TrainerPlan plan = TrainerPlan.of(setup(), SftSharding.of(context, traffic::joined));
        MemoryPlan memory = MemoryPlan.of(sft.setup(), context.group().size());
        long free = context.device().freeBytes();
        SftRoom.require(memory, plan.memory().bytes(), free, !isReference(), sft, context.environment());
        SftGemms gemms = SftGemms.choose(context, plan.gemms());
        Trainer trainer = context.owned().own(plan.prepare(context.device(), context.left()));
        gemms.applyTo(trainer);
        Telemetry telemetry = context.owned().own(context.device().newTelemetry());
        SftSteps steps = SftSteps.of(context, sft, trainer);
        SftRehearsal rehearsal = new SftRehearsal(context, sft.setup(), trainer);
        context.phase("rehearsal", context.spec().measuredSeconds());
        rehearsal.run("before the first step");

        context.phase("warm-up", 3 * context.spec().warmUpSeconds());
        context.world().all().barrier("warm-up");
        List<StepResult> warm = new ArrayList<>(steps.run(1));
        UpdateWatch updates = trainer.updateWatch();
        writeUpdate("after the first step", updates.first());
        warm.addAll(steps.run(sft.warmUpSteps() - 1));
        updates.hold();
        writePlan(plan.memory());
        writeMemory(memory);

        context.phase("measure", 3 * context.spec().measuredSeconds());
        NicWindow nics = NicWindow.open(context);
        context.world().all().barrier("measure");
        telemetry.begin();
        List<StepResult> measured = steps.run(sft.measuredSteps());
        Telemetry.Window window = telemetry.end();
        nics.close(traffic.predictions(measured.size()));
        List<Double> times = steps.millis();
        write(Metric.STEP_TIME, times);
        context.writer().write(Enqueuing.of(Metric.STEP_TIME, steps.pieces(), conditions()));
        writeTraffic(traffic);
        writeWork(plan);
        SftBreakdown breakdown = new SftBreakdown(context, sft, conditions());
        breakdown.write(measured);
        double seconds = times.stream().mapToDouble(Double::doubleValue).sum() / 1e3;
        TelemetryLines.write(context.writer(), window, seconds);

        context.phase("check", context.spec().measuredSeconds());
        SftCurve curve = SftCurve.of(context.group(), warm, measured);
        curve.write(context.writer());
        SftChecks.write(context.writer(), sft.setup(), curve);
        checkSent(warm, measured);
        writeUpdate("after the measured steps", updates.last(sft.warmUpSteps() + sft.measuredSteps()));
        WeightSums weights = trainer.weightSums(context.left());
        context.writer().write(SftDigest.of(weights));
        rehearsal.check(curve, weights);
        // Silent steps want the weights that weightSums has gathered; the rehearsal needs nothing of what is there.
        if (breakdown.wantsSilence()) {
            breakdown.writeSilent(steps);
        }
        context.phase("rehearsal", context.spec().measuredSeconds());
        rehearsal.run("after the measured steps");
    }

    /** A rank alone sends nothing. */
    private void checkSent(List<StepResult> warm, List<StepResult> measured) {
        int ranks = context.group().size();
        if (ranks > 1) {
            List<StepResult> steps =
                    Stream.concat(warm.stream(), measured.stream()).toList();
            context.writer().write(SftSent.check(steps, StepCollectives.of(sft.setup(), ranks)));
        }
    }

    /** A rank that keeps no states has nothing that could be wrong. */
    private void writeUpdate(String when, Updated found) {
        context.writer()
                .write(new Check(
                        "sft.update",
                        Math.max(1, found.checked()),
                        found.wrong(),
                        found.worst(),
                        when + ", " + found.checked() + " numbers of this rank's part of AdamW's states and weights"
                                + found.words()));
    }

    private TrainerSetup setup() {
        return new TrainerSetup(
                sft.setup(), sft.optimizer(), sft.clipping(), context.spec().seed());
    }

    /** The bytes are those of the plan: the NICs count what left the node. */
    private void writeTraffic(SftTraffic traffic) throws Exception {
        Map<String, String> conditions = new HashMap<>(conditions());
        conditions.putAll(traffic.connection(Identity.bootId()));
        context.writer().write(Measurement.of(Metric.STEP_BYTES, List.of(traffic.bytes()), conditions));
        context.writer().write(Measurement.of(Metric.STEP_BYTES_BUS, List.of(traffic.busBytes()), conditions));
    }

    /** What the step is, so that rates follow from its time. */
    private void writeWork(TrainerPlan plan) {
        write(Metric.STEP_TOKENS, List.of((double) sft.tokensPerStep()));
        write(Metric.STEP_FLOP, List.of(sft.flopPerStep()));
        write(Metric.STEP_FLOP_FULL, List.of(sft.fullFlopPerStep()));
        Map<String, String> executed = new HashMap<>(conditions());
        executed.put("enqueued", Double.toString(plan.enqueuedFlop()));
        if (sft.setup().precision() == MatrixPrecision.FP8) {
            executed.put("fp8Share", Double.toString(plan.quantizedFlop() / plan.flop()));
        }
        context.writer().write(Measurement.of(Metric.STEP_FLOP_EXECUTED, List.of(plan.flop()), executed));
    }

    /** What is to be allocated, whatever the device says of it afterwards. */
    private void writePlan(AllocationPlan plan) {
        for (MemoryPart part : MemoryPart.values()) {
            Map<String, String> conditions = new HashMap<>(conditions());
            conditions.put("part", part.name().toLowerCase(Locale.ROOT).replace('_', ' '));
            context.writer()
                    .write(Measurement.of(Metric.MEMORY_PART, List.of(plan.bytes(part) / MEBIBYTE), conditions));
        }
    }

    /** The Java heap tells nothing of what the reference device holds. */
    private void writeMemory(MemoryPlan planned) {
        if (isReference()) {
            return;
        }
        double all = context.device().identity().memoryBytes();
        Map<String, String> conditions = new HashMap<>(conditions());
        planned.parts().forEach((part, bytes) -> conditions.put(part + ", MiB", Math.round(bytes / MEBIBYTE) + ""));
        Map<String, String> beside = new HashMap<>(conditions());
        double used = all - context.device().freeBytes();
        beside.putAll(SftRoom.told(context.device().memoryUse()));
        context.writer().write(Measurement.of(Metric.MEMORY_USED, List.of(used / MEBIBYTE), beside));
        context.writer().write(Measurement.of(Metric.MEMORY_PLANNED, List.of(planned.total() / MEBIBYTE), conditions));
    }

    private boolean isReference() {
        return context.device().identity().kind().equals(REFERENCE);
    }

    private void write(Metric metric, List<Double> samples) {
        context.writer().write(Measurement.of(metric, samples, conditions()));
    }

    private Map<String, String> conditions() {
        Map<String, String> conditions = new HashMap<>(Map.of(
                "config", sft.config(),
                "run", sft.run().key(),
                "model", sft.standIn().isEmpty() ? sft.model() : sft.model() + " (" + sft.standIn() + ")",
                "ranks", Integer.toString(context.group().size())));
        if (sft.setup().precision() == MatrixPrecision.FP8) {
            conditions.put("dtype", Precision.FP8_E4M3.key());
        }
        return conditions;
    }
}
