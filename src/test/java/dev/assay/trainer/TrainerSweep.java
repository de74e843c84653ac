package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.OutOfMemoryException;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Llama-2-7B of full depth on GPU 0 at many settings: memory and tokens a second of each, a line of tab-separated values in a
 * file. What does not fit is not run and says why; what there is no time for says so. {@code reference} tries the way with a
 * tiny model.
 */
final class TrainerSweep {
    /** Of the device's memory; the rest is for contexts and for GEMMs' scratch. The configs allow 0.8. */
    private static final double MEMORY_FRACTION = 0.97;

    /** So that of the reference device's tiny settings some do not fit. */
    private static final long REFERENCE_BYTES = 21L << 20;

    private static final int REFERENCE_SHORTER = 128;
    private static final int WARM_UP = 1;
    private static final int STEPS = 3;

    private final Device device;
    private final ModelShape model;
    private final long memory;
    private final GemmTimes gemms;
    private final OptionalDouble peak;
    private boolean wrong;

    private TrainerSweep(Device device, ModelShape model, long memory) {
        this.device = device;
        this.model = model;
        this.memory = memory;
        gemms = new GemmTimes(device);
        peak = TimedSteps.peak(device.identity());
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("Usage: TrainerSweep cuda|reference SECONDS TABLE");
            System.exit(2);
        }
        Duration time = Duration.ofSeconds(Long.parseLong(arguments[1]));
        Path table = Path.of(arguments[2]);
        if (arguments[0].equals("reference")) {
            List<SweepSetting> tiny = SweepSetting.standard().stream()
                    .map(setting -> setting.shorter(REFERENCE_SHORTER))
                    .toList();
            end(new TrainerSweep(new ReferenceDevice("n0", 0), Small.LLAMA, REFERENCE_BYTES).run(tiny, time, table));
        } else {
            boolean right;
            try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
                right = new TrainerSweep(
                                device,
                                ModelPreset.LLAMA2_7B.shape(),
                                device.identity().memoryBytes())
                        .run(SweepSetting.standard(), time, table);
            }
            end(right);
        }
    }

    private static void end(boolean right) {
        System.exit(right ? 0 : 1);
    }

    /** Whether every step of every setting trained. */
    private boolean run(List<SweepSetting> settings, Duration time, Path table) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(table), true)) {
            out.println("# " + device.identity().model() + "\t" + SweepSetting.gibibytes(memory) + "\tGiB");
            out.println(
                    "sequence\tmicro-batch\taccumulation\tcheckpointing\tplanned GiB\ttaken GiB\tms\ttokens/s\tMFU\tremark");
            for (SweepSetting setting : settings) {
                String line = System.nanoTime() < end ? line(setting) : missing(setting, "not run: no time was left");
                out.println(line);
                System.out.println(line);
            }
        }
        return !wrong;
    }

    private String line(SweepSetting setting) {
        TrainerPlan plan = setting.plan(model);
        long most = (long) (MEMORY_FRACTION * memory);
        if (plan.memory().bytes() > most) {
            return missing(
                    setting,
                    "does not fit: " + SweepSetting.arithmetic(plan.memory()) + " of " + SweepSetting.gibibytes(most)
                            + " (" + Math.round(100 * MEMORY_FRACTION) + " % of " + SweepSetting.gibibytes(memory)
                            + ")");
        }
        gemms.time(plan.gemms());
        long before = device.freeBytes();
        try (Trainer trainer = plan.prepare(device)) {
            long taken = before - device.freeBytes();
            gemms.applyTo(trainer);
            TimedSteps steps = TimedSteps.run(trainer, plan, WARM_UP, STEPS);
            wrong |= !steps.trains();
            return measured(setting, plan, taken, steps);
        } catch (OutOfMemoryException e) {
            return missing(setting, "out of memory: " + e.getMessage());
        }
    }

    private String measured(SweepSetting setting, TrainerPlan plan, long taken, TimedSteps steps) {
        return String.format(
                Locale.ROOT,
                "%s\t%s\t%s\t%.1f\t%.0f\t%s\t%s",
                head(setting),
                SweepSetting.gibibytes(plan.memory().bytes()),
                SweepSetting.gibibytes(taken),
                steps.median(),
                steps.tokensPerSecond(),
                peak.isPresent() ? String.format(Locale.ROOT, "%.1f", 100 * steps.mfuCausal(peak.getAsDouble())) : "",
                steps.trains() ? "" : "WRONG: a loss is no number or rose");
    }

    private String missing(SweepSetting setting, String why) {
        return head(setting) + "\t"
                + SweepSetting.gibibytes(setting.plan(model).memory().bytes()) + "\t\t\t\t\t" + why;
    }

    private static String head(SweepSetting setting) {
        return setting.sequence() + "\t" + setting.microBatch() + "\t" + setting.accumulation() + "\t"
                + setting.recomputation().name().toLowerCase(Locale.ROOT);
    }
}
