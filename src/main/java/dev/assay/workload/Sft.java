package dev.assay.workload;

import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.MemoryPlan;
import dev.assay.training.StepFlops;
import dev.assay.training.StepSetup;
import java.util.Locale;

/**
 * Fine-tuning as a DeepSpeed config means it: real steps of real shapes, on seeded weights and tokens. All that one rank needs,
 * resolved; nothing is left to defaults of the worker.
 *
 * <p>The spec's seed is that of the weights and of the tokens, which their generators keep apart. Sequences are numbered over
 * ranks and micro-batches and are the same in every step, so the loss must fall.
 *
 * @param config key of the DeepSpeed config that it comes from, e.g. {@code 7b}
 * @param model its preset, or {@code explicit}
 * @param standIn what of the config's own the reference device replaced by small sizes, in words; empty: nothing, it is the config's
 * @param baselineNodes nodes of each communicator of a baseline
 * @param warmUpSteps at least one, unmeasured
 */
public record Sft(
        String config,
        String model,
        Run run,
        String standIn,
        StepSetup setup,
        AdamW optimizer,
        GradientClipping clipping,
        int baselineNodes,
        int warmUpSteps,
        int measuredSteps)
        implements Workload {
    /** Fewer would tell neither how steps spread nor whether the loss falls. */
    public static final int FEWEST_MEASURED = 3;

    private static final int FEWEST_SILENT = 2;
    private static final int MOST_SILENT = 10;

    /** Which of a config's two runs. */
    public enum Run {
        /** The config as it is. */
        NOMINAL,
        /** ZeRO-3, few tokens, no accumulation: it loads the network, as the nominal one may not. */
        STRESS;

        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Sft {
        if (config.isBlank() || model.isBlank()) {
            throw new IllegalArgumentException(
                    "training must name its config and model, got \"" + config + "\" and \"" + model + "\"");
        }
        if (baselineNodes < 1 || warmUpSteps < 1 || measuredSteps < FEWEST_MEASURED) {
            throw new IllegalArgumentException(
                    "training must have baselineNodes ≥ 1, warmUpSteps ≥ 1 and measuredSteps ≥ " + FEWEST_MEASURED
                            + ", got " + baselineNodes + ", " + warmUpSteps + " and " + measuredSteps);
        }
    }

    @Override
    public String key() {
        return "sft";
    }

    @Override
    public String words() {
        return "steps of " + model + (standIn.isEmpty() ? "" : " (" + standIn + ")") + ": "
                + setup.modes() + ", micro-batch " + setup.microBatch() + " × " + setup.sequence()
                + " tokens, accumulation " + setup.accumulation() + "; " + warmUpSteps + " to warm up, "
                + measuredSteps + " measured";
    }

    /** Steps from the first to the last. */
    public int steps() {
        return warmUpSteps + measuredSteps;
    }

    /** Measured steps without communication: enough to tell 1 % of a step, few where a step is long in itself. */
    public int silentSteps() {
        return Math.min(MOST_SILENT, Math.max(FEWEST_SILENT, measuredSteps / 2));
    }

    /** Tokens of one rank in one step. */
    public long tokensPerStep() {
        return setup.tokensPerStep(1);
    }

    /** Model FLOP of one rank in one step, attention counted causally. */
    public double flopPerStep() {
        return tokensPerStep() * StepFlops.of(setup).causal();
    }

    /** The same, attention counted in full. */
    public double fullFlopPerStep() {
        return tokensPerStep() * StepFlops.of(setup).full();
    }

    /** Of a rank alone, with nobody to share with; on the reference device too. */
    @Override
    public MemoryNeed memory() {
        return memory(1);
    }

    /** What the trainer allocates: context and NCCL's buffers come on top. */
    @Override
    public MemoryNeed memory(int ranks) {
        return new MemoryNeed(MemoryPlan.of(setup, ranks).ofTrainer().entrySet().stream()
                .map(part -> new MemoryNeed.Part("of " + part.getKey(), 1, part.getValue()))
                .toList());
    }
}
