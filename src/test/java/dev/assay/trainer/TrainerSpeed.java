package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Training steps on GPU 0, timed: MICRO_BATCH sequences of 2048, ACCUMULATION of them a step, {@code full} or {@code none} of
 * the layers computed again. Prints a line a step and the medians of those after the warm-up, by the library's favourite
 * algorithms and, unless only those are asked for, by the fastest.
 *
 * <p>Of a model that is larger than the GPU, {@code :most} takes as many layers of true shape as fit; the figures are of those
 * layers with the whole embedding and head, and say nothing of the rest.
 */
final class TrainerSpeed {
    private static final int SEQUENCE = 2048;
    private static final int WARM_UP = 3;
    private static final int STEPS = 7;
    private static final String MOST = ":most";

    /** As the configs may use of a GPU's memory. */
    private static final double MEMORY_FRACTION = 0.8;

    private static final double GIBIBYTE = 1L << 30;

    private TrainerSpeed() {}

    public static void main(String[] arguments) {
        if (arguments.length < 4 || arguments.length > 5) {
            System.err.println(
                    "Usage: TrainerSpeed MODEL[:LAYERS|:most] MICRO_BATCH ACCUMULATION full|none [favourites]");
            System.exit(2);
        }
        int microBatch = Integer.parseInt(arguments[1]);
        int accumulation = Integer.parseInt(arguments[2]);
        Recomputation recomputation = arguments[3].equals("full") ? Recomputation.FULL : Recomputation.NONE;
        boolean favourites = arguments.length == 5;
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
            ModelShape model =
                    model(arguments[0], device.identity().memoryBytes(), microBatch, accumulation, recomputation);
            run(device, arguments[0], plan(model, microBatch, accumulation, recomputation), favourites);
        }
    }

    private static ModelShape model(
            String name, long memory, int microBatch, int accumulation, Recomputation recomputation) {
        if (!name.endsWith(MOST)) {
            return Truncated.of(name);
        }
        ModelShape whole =
                ModelPreset.of(name.substring(0, name.length() - MOST.length())).shape();
        Optional<ModelShape> most = IntStream.rangeClosed(1, whole.layers())
                .mapToObj(layers -> Truncated.of(whole, whole.layers() + 1 - layers))
                .filter(model -> plan(model, microBatch, accumulation, recomputation)
                                .memory()
                                .bytes()
                        <= MEMORY_FRACTION * memory)
                .findFirst();
        return most.orElseThrow(() -> new IllegalArgumentException("not one layer of " + name + " fits "
                + MEMORY_FRACTION + " of " + memory / GIBIBYTE + " GiB at micro-batch " + microBatch));
    }

    private static TrainerPlan plan(ModelShape model, int microBatch, int accumulation, Recomputation recomputation) {
        StepSetup step = TrainerRecord.step(model, SEQUENCE, microBatch, accumulation, recomputation);
        return TrainerPlan.of(
                new TrainerSetup(step, TimedSteps.ADAM_W, TimedSteps.CLIPPING, System.nanoTime()), new Unsharded());
    }

    private static void run(Device device, String name, TrainerPlan plan, boolean favourites) {
        StepSetup step = plan.setup().step();
        System.out.printf(
                Locale.ROOT,
                "%s, %d layers, %d x %d tokens, accumulation %d, recomputation %s: %.2f G parameters, %.1f GiB planned%n",
                name,
                step.model().layers(),
                step.microBatch(),
                step.sequence(),
                step.accumulation(),
                step.recomputation(),
                step.model().parameters() / 1e9,
                plan.memory().bytes() / GIBIBYTE);
        GemmTimes gemms = new GemmTimes(device);
        if (!favourites) {
            gemms.time(plan.gemms());
        }
        long before = device.freeBytes();
        try (Trainer trainer = plan.prepare(device)) {
            System.out.printf(Locale.ROOT, "%.1f GiB taken%n", (before - device.freeBytes()) / GIBIBYTE);
            TimedSteps.run(trainer, plan, WARM_UP, STEPS).print("favourites", device.identity());
            if (!favourites) {
                gemms.applyTo(trainer);
                TimedSteps.run(trainer, plan, WARM_UP, STEPS).print("chosen", device.identity());
            }
        }
    }
}
