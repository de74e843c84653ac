package dev.assay.plan;

import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import dev.assay.training.StepPrediction;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;
import dev.assay.workload.Sft;

/** How many steps, and what the reference device trains in place of a config's model. */
final class SftSizes {
    /** A step beyond this, s, is long in itself: of many micro-batches, and a GPU at its power limit from the first few on. */
    private static final double SHORT_STEP = 2;

    private static final int WARM_UP_SHORT = 5;
    private static final int WARM_UP_LONG = 1;

    /** Of short steps; of long ones their many micro-batches make the mean. */
    private static final int FEWEST_SHORT = 20;

    private static final int MOST = 1000;

    /**
     * Of the stand-in, in plain Java without the optimizing compiler, s: 0.07 to 0.14 in a run of the embedded default on two
     * busy cores, 23 November 2026.
     */
    static final double REFERENCE_STEP = 0.1;

    private static final int REFERENCE_WARM_UP = 1;
    private static final int REFERENCE_MEASURED = 4;

    /** Two layers, the smallest heads that the kernels take, few tokens. */
    private static final int LAYERS = 2;

    private static final int HIDDEN = 64;
    private static final int HEADS = 2;
    private static final int HEAD_SIZE = 64;
    private static final int FEED_FORWARD = 96;
    private static final int VOCABULARY = 120;
    private static final int SEQUENCE = 16;
    private static final int MICRO_BATCH = 2;
    private static final int ACCUMULATION = 2;

    /** Elements; so that a step has more than one bucket and more than one gather. */
    private static final long BUCKET = 20_000;

    private static final long PREFETCH = 10_000;
    private static final long PERSISTENCE = 100;

    private SftSizes() {}

    /**
     * Steps of a launch.
     *
     * @param seconds predicted, of one
     */
    record Steps(int warmUp, int measured, double seconds) {
        double measuredSeconds() {
            return measured * seconds;
        }

        double warmUpSeconds() {
            return warmUp * seconds;
        }
    }

    /** So many that about the asked-for time is measured, and as many as make a measurement at least. */
    static Steps steps(StepPrediction prediction, double seconds) {
        double step = prediction.step();
        int fewest = step <= SHORT_STEP ? FEWEST_SHORT : Sft.FEWEST_MEASURED;
        int measured = (int) Math.max(fewest, Math.min(MOST, Math.ceil(seconds / step)));
        return new Steps(step <= SHORT_STEP ? WARM_UP_SHORT : WARM_UP_LONG, measured, step);
    }

    static Steps referenceSteps() {
        return new Steps(REFERENCE_WARM_UP, REFERENCE_MEASURED, REFERENCE_STEP);
    }

    /**
     * The same kind of step, tiny: the config's family, ZeRO stage, switches, checkpointing and collectives; grouped heads
     * where it has them; accumulation where it accumulates.
     */
    static StepSetup standIn(StepSetup of) {
        return new StepSetup(
                standIn(of.model()),
                SEQUENCE,
                MICRO_BATCH,
                Math.min(ACCUMULATION, of.accumulation()),
                standIn(of.zero()),
                of.recomputation(),
                of.collectives(),
                of.gradientBytes(),
                of.wireBytes(),
                of.precision());
    }

    /** As the plan and the report name it. */
    static String standInWords(ModelShape of) {
        ModelShape tiny = standIn(of);
        return "reference device: a tiny stand-in of its family, " + tiny.layers() + " layers, hidden " + tiny.hidden()
                + ", vocabulary " + tiny.vocabulary();
    }

    private static ModelShape standIn(ModelShape of) {
        int kvHeads = of.kvHeads() < of.heads() ? 1 : HEADS;
        int feedForward = of.family() == ModelFamily.GPT ? 2 * FEED_FORWARD : FEED_FORWARD;
        return new ModelShape(
                of.family(),
                LAYERS,
                HIDDEN,
                HEADS,
                kvHeads,
                HEAD_SIZE,
                feedForward,
                VOCABULARY,
                SEQUENCE,
                of.ropeBase());
    }

    private static ZeroSetup standIn(ZeroSetup of) {
        return new ZeroSetup(
                of.stage(),
                of.overlap(),
                of.reduceScatter(),
                of.multiRank(),
                Math.min(of.reduceBucket(), BUCKET),
                Math.min(of.prefetchBucket(), PREFETCH),
                Math.min(of.persistenceThreshold(), PERSISTENCE),
                Math.min(of.maxLive(), 2 * BUCKET),
                Math.min(of.subGroup(), BUCKET),
                Math.min(of.maxReuse(), BUCKET));
    }
}
