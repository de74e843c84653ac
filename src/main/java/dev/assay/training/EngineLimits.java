package dev.assay.training;

import java.util.Optional;
import java.util.stream.IntStream;

/** Which steps the engine's kernels can compute; asked when a run is planned, so that none waits in a queue to be refused. */
public final class EngineLimits {
    /** A row of a norm is held in the registers of a block. */
    public static final int MOST_HIDDEN = 12_288;

    /** Of attention's tiles, which narrower heads are padded to. */
    public static final int LEAST_HEAD = 64;

    public static final int MOST_HEAD = 128;

    /** Of 16-byte accesses to bf16. */
    private static final int GRANULE = 8;

    /** The same to FP8, which lies contiguous along tokens too. */
    private static final int FP8_GRANULE = 16;

    /** Elements of one tensor. */
    private static final long MOST_ELEMENTS = 1L << 34;

    private EngineLimits() {}

    /**
     * Why a step cannot be computed.
     *
     * @param found e.g. {@code hidden 100}
     * @param valid what it must be
     */
    public record Refusal(String found, String valid, String advice) {
        @Override
        public String toString() {
            return found + ", where the engine's kernels need " + valid + "; " + advice;
        }
    }

    /** The first reason; empty: it can. */
    public static Optional<Refusal> of(StepSetup setup) {
        return heads(setup.model()).or(() -> widths(setup)).or(() -> sizes(setup));
    }

    private static Optional<Refusal> heads(ModelShape model) {
        int size = model.headSize();
        return size >= LEAST_HEAD && size <= MOST_HEAD && size % GRANULE == 0
                ? Optional.empty()
                : refusal(
                        "headSize " + size,
                        "a multiple of " + GRANULE + " from " + LEAST_HEAD + " to " + MOST_HEAD,
                        "choose a model whose heads are of such a size");
    }

    private static Optional<Refusal> widths(StepSetup setup) {
        ModelShape model = setup.model();
        boolean fp8 = setup.precision() == MatrixPrecision.FP8;
        int granule = fp8 ? FP8_GRANULE : GRANULE;
        String why = fp8 ? ", as FP8's GEMMs need it" : "";
        return multiple("hidden", model.hidden(), granule, why)
                .or(() -> multiple("feedForward", model.feedForward(), granule, why))
                .or(() -> multiple("query heads' width", model.queryWidth(), granule, why))
                .or(() -> multiple("key heads' width", model.kvWidth(), granule, why))
                .or(() -> multiple("vocabulary", model.vocabulary(), GRANULE, ""))
                .or(() -> fp8
                        ? multiple("tokens of a micro-batch", setup.tokensPerMicroBatch(), granule, why)
                        : Optional.empty())
                .or(() -> model.hidden() <= MOST_HIDDEN
                        ? Optional.empty()
                        : refusal(
                                "hidden " + model.hidden(),
                                "at most " + MOST_HIDDEN + ", which a norm holds in registers",
                                "choose a narrower model"));
    }

    private static Optional<Refusal> multiple(String what, long size, int granule, String why) {
        return size % granule == 0
                ? Optional.empty()
                : refusal(what + " " + size, "a multiple of " + granule + why, "pad it");
    }

    private static Optional<Refusal> sizes(StepSetup setup) {
        ModelShape model = setup.model();
        int up = (model.family() == ModelFamily.LLAMA ? 2 : 1) * model.feedForward();
        int widest = IntStream.of(model.hidden(), model.queryWidth() + 2 * model.kvWidth(), up)
                .max()
                .orElseThrow();
        long rows = setup.tokensPerMicroBatch();
        long most = Math.min(MOST_ELEMENTS / widest, Integer.MAX_VALUE);
        boolean learned = model.family() == ModelFamily.GPT;
        if (learned && (long) setup.sequence() * model.hidden() > Integer.MAX_VALUE) {
            return refusal(
                    setup.sequence() + " learned positions of " + model.hidden(),
                    "at most " + Integer.MAX_VALUE + " elements of them",
                    "shorten the sequence");
        }
        return rows <= most
                ? Optional.empty()
                : refusal(rows + " tokens a micro-batch", "at most " + most, "take a smaller micro-batch");
    }

    private static Optional<Refusal> refusal(String found, String valid, String advice) {
        return Optional.of(new Refusal(found, valid, advice));
    }
}
