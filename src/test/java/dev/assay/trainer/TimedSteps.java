package dev.assay.trainer;

import dev.assay.cluster.GpuModel;
import dev.assay.cluster.GpuModels;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepFlops;
import dev.assay.training.StepSetup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Steps on data that repeats, one enqueued while the one before is awaited, by the device's clock.
 *
 * @param results of all steps, the first {@code warmUp} of which no figure is made of
 * @param flop of a step as it was enqueued
 */
record TimedSteps(StepSetup setup, List<StepResult> results, int warmUp, double flop) {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    /** What a step costs does not depend on them. */
    static final AdamW ADAM_W = new AdamW(1e-4, 0.9, 0.95, 1e-8, 0.1);

    static final GradientClipping CLIPPING = new GradientClipping(1);

    TimedSteps {
        results = List.copyOf(results);
        if (results.size() <= warmUp) {
            throw new IllegalArgumentException(
                    "timed steps must be more than those to warm up, got " + results.size() + " and " + warmUp);
        }
    }

    static TimedSteps run(Trainer trainer, TrainerPlan plan, int warmUp, int measured) {
        StepSetup setup = plan.setup().step();
        SeededTokens tokens = new SeededTokens(setup.model().vocabulary(), 17);
        List<MicroBatch> data = IntStream.range(0, setup.accumulation())
                .mapToObj(i -> tokens.microBatch((long) i * setup.microBatch(), setup.microBatch(), setup.sequence()))
                .toList();
        List<PendingStep> pending = new ArrayList<>();
        List<StepResult> results = new ArrayList<>();
        for (int i = 0; i < warmUp + measured; i++) {
            pending.add(trainer.step(data));
            if (i > 0) {
                results.add(pending.get(i - 1).await(DEADLINE));
            }
        }
        results.add(pending.get(pending.size() - 1).await(DEADLINE));
        return new TimedSteps(setup, results, warmUp, plan.flop());
    }

    /** ms, sorted. */
    private double[] times() {
        return results.stream()
                .skip(warmUp)
                .mapToDouble(result -> result.times().whole())
                .sorted()
                .toArray();
    }

    /** ms a step. */
    double median() {
        double[] times = times();
        return times[times.length / 2];
    }

    double tokensPerSecond() {
        return setup.tokensPerStep(1) / median() * 1e3;
    }

    /**
     * Share of the peak in the matrices' own precision that the model's own FLOP are; attention counted causally.
     *
     * @param peakTflops in bf16
     */
    double mfuCausal(double peakTflops) {
        return tokensPerSecond() * StepFlops.of(setup).causal() / peak(peakTflops);
    }

    /** Attention counted in full. */
    double mfuFull(double peakTflops) {
        return tokensPerSecond() * StepFlops.of(setup).full() / peak(peakTflops);
    }

    /** FLOP a second. */
    private double peak(double tflopsInBf16) {
        return tflopsInBf16 * setup.precision().rateOverBf16() * 1e12;
    }

    /** Whether each step gave numbers, and the loss did not rise over all of them: else a time says nothing. */
    boolean trains() {
        boolean finite = results.stream()
                .allMatch(result -> Double.isFinite(result.loss()) && Double.isFinite(result.gradientNorm()));
        return finite
                && results.get(results.size() - 1).loss() <= results.get(0).loss();
    }

    /** These and those that the same trainer did after them, for {@link #trains} alone. */
    TimedSteps and(TimedSteps later) {
        return new TimedSteps(
                setup, Stream.concat(results.stream(), later.results.stream()).toList(), warmUp, flop);
    }

    void print(String what, DeviceIdentity device) {
        for (StepResult result : results) {
            System.out.printf(
                    Locale.ROOT,
                    "  step %d: loss %.4f, norm %.4f, forward %.1f, backward %.1f, optimizer %.1f, whole %.1f ms%n",
                    result.number(),
                    result.loss(),
                    result.gradientNorm(),
                    result.times().forward(),
                    result.times().backward(),
                    result.times().optimizer(),
                    result.times().whole());
        }
        double[] times = times();
        String mfu = peak(device).stream()
                .mapToObj(peak -> String.format(
                        Locale.ROOT, ", MFU %.1f %% causal, %.1f %% full", 100 * mfuCausal(peak), 100 * mfuFull(peak)))
                .findFirst()
                .orElse("");
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f ms a step (%.1f-%.1f), %.0f tokens/s, %.1f TFLOPS enqueued%s%n",
                what,
                median(),
                times[0],
                times[times.length - 1],
                tokensPerSecond(),
                flop / median() / 1e9,
                mfu);
    }

    /** Dense bf16 TFLOPS by the datasheet of a GPU that the suite knows; empty: MFU is not told. */
    static OptionalDouble peak(DeviceIdentity device) {
        return GpuModels.keys().stream()
                .map(GpuModels::get)
                .filter(model -> device.kind().equals("cuda") && model.name().equals(device.model()))
                .mapToDouble(GpuModel::bf16DenseTflops)
                .findFirst();
    }
}
