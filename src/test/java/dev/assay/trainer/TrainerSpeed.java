package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Training steps on GPU 0, timed: MICRO_BATCH sequences of 2048, ACCUMULATION of them a step, {@code full} or {@code none} of
 * the layers computed again. Prints a line a step and the medians of those after the warm-up, by the library's favourite
 * algorithms and, unless only those are asked for, by the fastest. Exit code 1 where the steps did not train: their time says
 * nothing.
 *
 * <p>With {@code fp8} the layers' matrices multiply in FP8; {@code reference} takes the reference device and sequences of 16.
 *
 * <p>Of a model that is larger than the GPU, {@code :most} takes as many layers of true shape as fit; the figures are of those
 * layers with the whole embedding and head, and say nothing of the rest. {@code tiny} is one for the reference device.
 */
final class TrainerSpeed {
    private static final int SEQUENCE = 2048;
    private static final int TINY_SEQUENCE = 16;
    private static final int WARM_UP = 3;
    private static final int STEPS = 7;
    private static final String MOST = ":most";
    private static final String TINY = "tiny";
    private static final Set<String> OPTIONS = Set.of("favourites", "fp8", "reference");

    /** As the configs may use of a GPU's memory. */
    private static final double MEMORY_FRACTION = 0.8;

    private static final double GIBIBYTE = 1L << 30;

    private final String name;
    private final int microBatch;
    private final int accumulation;
    private final Recomputation recomputation;
    private final Set<String> options;

    private TrainerSpeed(List<String> arguments) {
        name = arguments.get(0);
        microBatch = Integer.parseInt(arguments.get(1));
        accumulation = Integer.parseInt(arguments.get(2));
        recomputation = Recomputation.valueOf(arguments.get(3).toUpperCase(Locale.ROOT));
        options = Set.copyOf(arguments.subList(4, arguments.size()));
    }

    public static void main(String[] arguments) {
        List<String> words = List.of(arguments);
        if (words.size() < 4 || !OPTIONS.containsAll(words.subList(4, words.size()))) {
            System.err.println("Usage: TrainerSpeed MODEL[:LAYERS|:most]|tiny MICRO_BATCH ACCUMULATION full|none"
                    + " [favourites] [fp8] [reference]");
            System.exit(2);
        }
        if (!train(words)) {
            System.err.println("TrainerSpeed: a loss or norm is no number, or the loss rose");
            System.exit(1);
        }
    }

    /** Whether the steps trained. */
    static boolean train(List<String> arguments) {
        TrainerSpeed speed = new TrainerSpeed(arguments);
        if (speed.options.contains("reference")) {
            return speed.run(new ReferenceDevice("n0", 0), speed.plan(speed.model(Long.MAX_VALUE)));
        }
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
            return speed.run(device, speed.plan(speed.model(device.identity().memoryBytes())));
        }
    }

    private ModelShape model(long memory) {
        if (name.equals(TINY)) {
            return Small.FP8_LLAMA;
        }
        if (!name.endsWith(MOST)) {
            return Truncated.of(name);
        }
        ModelShape whole =
                ModelPreset.of(name.substring(0, name.length() - MOST.length())).shape();
        Optional<ModelShape> most = IntStream.rangeClosed(1, whole.layers())
                .mapToObj(layers -> Truncated.of(whole, whole.layers() + 1 - layers))
                .filter(model -> plan(model).memory().bytes() <= MEMORY_FRACTION * memory)
                .findFirst();
        return most.orElseThrow(() -> new IllegalArgumentException("not one layer of " + name + " fits "
                + MEMORY_FRACTION + " of " + memory / GIBIBYTE + " GiB at micro-batch " + microBatch));
    }

    private TrainerPlan plan(ModelShape model) {
        int sequence = options.contains("reference") ? TINY_SEQUENCE : SEQUENCE;
        StepSetup step = TrainerRecord.step(model, sequence, microBatch, accumulation, recomputation)
                .in(options.contains("fp8") ? MatrixPrecision.FP8 : MatrixPrecision.BF16);
        return TrainerPlan.of(
                new TrainerSetup(step, TimedSteps.ADAM_W, TimedSteps.CLIPPING, System.nanoTime()), new Unsharded());
    }

    private boolean run(Device device, TrainerPlan plan) {
        StepSetup step = plan.setup().step();
        System.out.printf(
                Locale.ROOT,
                "%s, %d layers in %s, %d x %d tokens, accumulation %d, recomputation %s: %.2f G parameters, %.1f GiB planned%n",
                name,
                step.model().layers(),
                step.precision().key(),
                step.microBatch(),
                step.sequence(),
                step.accumulation(),
                step.recomputation(),
                step.model().parameters() / 1e9,
                plan.memory().bytes() / GIBIBYTE);
        boolean favourites = options.contains("favourites");
        GemmTimes gemms = new GemmTimes(device);
        if (!favourites) {
            gemms.time(plan.gemms());
        }
        long before = device.freeBytes();
        try (Trainer trainer = plan.prepare(device)) {
            System.out.printf(Locale.ROOT, "%.1f GiB taken%n", (before - device.freeBytes()) / GIBIBYTE);
            TimedSteps first = TimedSteps.run(trainer, plan, WARM_UP, STEPS);
            first.print("favourites", device.identity());
            if (favourites) {
                return first.trains();
            }
            gemms.applyTo(trainer);
            TimedSteps chosen = TimedSteps.run(trainer, plan, WARM_UP, STEPS);
            chosen.print("chosen", device.identity());
            return first.and(chosen).trains();
        }
    }
}
