package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.training.AdamW;
import dev.assay.training.CollectiveMode;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Training steps on GPU 0, timed: LAYERS of llama2-7b, MICRO_BATCH sequences of 2048, ACCUMULATION of them a step, {@code full}
 * or {@code none} of the layers computed again. Prints a line a step and the medians of those after the warm-up.
 */
final class TrainerSpeed {
    private static final int SEQUENCE = 2048;
    private static final int WARM_UP = 3;
    private static final int STEPS = 7;
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private TrainerSpeed() {}

    public static void main(String[] arguments) {
        if (arguments.length != 4) {
            System.err.println("Usage: TrainerSpeed LAYERS MICRO_BATCH ACCUMULATION full|none");
            System.exit(2);
        }
        int layers = Integer.parseInt(arguments[0]);
        int microBatch = Integer.parseInt(arguments[1]);
        int accumulation = Integer.parseInt(arguments[2]);
        Recomputation recomputation = arguments[3].equals("full") ? Recomputation.FULL : Recomputation.NONE;
        ModelShape whole = ModelPreset.LLAMA2_7B.shape();
        ModelShape model = new ModelShape(
                whole.family(),
                layers,
                whole.hidden(),
                whole.heads(),
                whole.kvHeads(),
                whole.headSize(),
                whole.feedForward(),
                whole.vocabulary(),
                whole.positions());
        StepSetup step = new StepSetup(
                model,
                SEQUENCE,
                microBatch,
                accumulation,
                ZeroSetup.defaults(0, false),
                recomputation,
                CollectiveMode.DEEPSPEED,
                2,
                2);
        TrainerSetup setup = new TrainerSetup(
                step, new AdamW(1e-4, 0.9, 0.95, 1e-8, 0.1), new GradientClipping(1), System.nanoTime());
        TrainerPlan plan = TrainerPlan.of(setup, new Unsharded());
        System.out.printf(
                Locale.ROOT,
                "llama2-7b, %d layers, %d x %d tokens, accumulation %d, recomputation %s: %.2f G parameters, %.1f GiB planned%n",
                layers,
                microBatch,
                SEQUENCE,
                accumulation,
                recomputation,
                model.parameters() / 1e9,
                plan.memory().bytes() / (double) (1L << 30));
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
            long before = device.freeBytes();
            try (Trainer trainer = plan.prepare(device)) {
                System.out.printf(Locale.ROOT, "%.1f GiB taken%n", (before - device.freeBytes()) / (double) (1L << 30));
                run(device, setup, plan, trainer);
            }
        }
    }

    private static void run(Device device, TrainerSetup setup, TrainerPlan plan, Trainer trainer) {
        SeededTokens tokens = new SeededTokens(setup.step().model().vocabulary(), 17);
        List<MicroBatch> data = IntStream.range(0, setup.step().accumulation())
                .mapToObj(i -> tokens.microBatch(
                        (long) i * setup.step().microBatch(), setup.step().microBatch(), SEQUENCE))
                .toList();
        show("favourites", setup, plan, steps(trainer, data));
        for (Map.Entry<LinearGemm, GemmRunner> each : trainer.gemms().entrySet()) {
            choose(device, each.getKey(), each.getValue());
        }
        show("chosen", setup, plan, steps(trainer, data));
    }

    private static List<StepResult> steps(Trainer trainer, List<MicroBatch> data) {
        List<PendingStep> pending = new ArrayList<>();
        List<StepResult> results = new ArrayList<>();
        for (int i = 0; i < WARM_UP + STEPS; i++) {
            pending.add(trainer.step(data));
            if (i > 0) {
                results.add(pending.get(i - 1).await(DEADLINE));
            }
        }
        results.add(pending.get(pending.size() - 1).await(DEADLINE));
        return results;
    }

    private static void show(String what, TrainerSetup setup, TrainerPlan plan, List<StepResult> results) {
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
        double[] whole = results.stream()
                .skip(WARM_UP)
                .mapToDouble(result -> result.times().whole())
                .sorted()
                .toArray();
        double median = whole[whole.length / 2];
        System.out.printf(
                Locale.ROOT,
                "%s: %.1f ms a step (%.1f-%.1f), %.0f tokens/s, %.1f TFLOPS enqueued%n",
                what,
                median,
                whole[0],
                whole[whole.length - 1],
                setup.step().tokensPerStep(1) / median * 1e3,
                plan.flop() / median / 1e9);
    }

    private static void choose(Device device, LinearGemm gemm, GemmRunner runner) {
        try (DeviceMemory a = device.allocate(gemm.bytesOfA());
                DeviceMemory b = device.allocate(gemm.bytesOfB());
                DeviceMemory c = device.allocate(gemm.bytesOfC());
                Stream stream = device.newStream();
                Event start = device.newEvent();
                Event end = device.newEvent()) {
            device.fillMatrix(a, ElementType.BF16, gemm.elementsOfA(), 1, stream);
            device.fillMatrix(b, ElementType.BF16, gemm.elementsOfB(), 2, stream);
            device.fillMatrix(c, gemm.output(), gemm.elementsOfC(), 3, stream);
            List<byte[]> candidates = runner.candidates();
            double[] best = new double[candidates.size()];
            Arrays.fill(best, Double.MAX_VALUE);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < best.length; i++) {
                    runner.choose(candidates.get(i));
                    runner.enqueue(a, b, c, stream);
                    stream.record(start);
                    for (int j = 0; j < 4; j++) {
                        runner.enqueue(a, b, c, stream);
                    }
                    stream.record(end);
                    stream.synchronize(DEADLINE);
                    best[i] = Math.min(best[i], end.millisecondsSince(start) / 4);
                }
            }
            int fastest = 0;
            for (int i = 1; i < best.length; i++) {
                fastest = best[i] < best[fastest] ? i : fastest;
            }
            runner.choose(candidates.get(fastest));
            System.out.printf(
                    Locale.ROOT,
                    "  %-52s favourite %.3f ms, fastest %.3f ms (%.0f TFLOPS)%n",
                    gemm.label(),
                    best[0],
                    best[fastest],
                    gemm.flop() / best[fastest] / 1e9);
        }
    }
}
