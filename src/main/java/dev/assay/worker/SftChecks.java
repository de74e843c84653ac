package dev.assay.worker;

import dev.assay.measurement.Check;
import dev.assay.measurement.ResultWriter;
import dev.assay.training.ModelFamily;
import dev.assay.training.SeededWeights;
import dev.assay.training.StepSetup;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Whether the steps are training: where the loss starts, whither it goes, and whether the ranks train one model. */
final class SftChecks {
    /** Of a mean of many draws, beyond which chance does not reach. */
    private static final double SIGMAS = 6;

    /** bf16 logits and hidden states: 2⁻⁸ each, of values of about 1. */
    private static final double ROUNDING = 0.01;

    /**
     * What a token's own logit may add to the sum of exponentials where the head is the embedding: the residual stream still
     * holds the embedding, hidden · 0.02² over the stream's deviation, which was 0.9 for the smallest and 1.1 for the largest
     * model of the configs; e^1.1 of V.
     */
    private static final double OWN_LOGIT = 3;

    private SftChecks() {}

    static void write(ResultWriter writer, StepSetup setup, SftCurve curve) {
        writer.write(finite(curve));
        writer.write(start(setup, curve));
        writer.write(falls(curve));
        if (curve.ranks() > 1) {
            writer.write(norms(curve));
        }
    }

    private static Check finite(SftCurve curve) {
        long wrong = curve.losses().stream()
                        .flatMap(List::stream)
                        .filter(loss -> !Double.isFinite(loss))
                        .count()
                + curve.norms().stream()
                        .flatMap(List::stream)
                        .filter(norm -> !(norm > 0 && Double.isFinite(norm)))
                        .count();
        long all = 2L * curve.steps() * curve.ranks();
        return new Check(
                "sft.finite",
                all,
                wrong,
                wrong == 0 ? 0 : Double.MAX_VALUE,
                "losses and gradient norms of " + curve.steps() + " steps are numbers, and no norm is 0");
    }

    /**
     * The last norm leaves hidden states of length √hidden, and the head's rows are normal with deviation 0.02: so a logit is
     * normal with variance s² = hidden · 0.02², the mean of log Σ exp over V of them is ln V + s²/2, and targets drawn at random
     * have logits of mean 0. The mean over N tokens strays by √(s²/N), the sum over V logits by √((exp(s²) − 1)/V). Judged are
     * the mean over the ranks and each rank's own loss, which the mean would hide among many.
     */
    static Check start(StepSetup setup, SftCurve curve) {
        double expected = expectedLoss(setup);
        double bound = bound(setup, curve.ranks());
        double mean = curve.means().get(0);
        double worst = deviation(mean, expected, bound);
        long wrong = worst <= 1 ? 0 : 1;
        double own = bound(setup, 1);
        int furthest = 0;
        for (int rank = 0; rank < curve.ranks(); rank++) {
            double deviation = deviation(curve.first(rank), expected, own);
            wrong += deviation <= 1 ? 0 : 1;
            furthest = deviation > deviation(curve.first(furthest), expected, own) ? rank : furthest;
            worst = Math.max(worst, deviation);
        }
        return new Check(
                "sft.start",
                1 + curve.ranks(),
                wrong,
                worst,
                String.format(
                        Locale.ROOT,
                        "the first loss is %.4f, expected ln V + hidden · 0.02² / 2 = %.4f ± %.4f; furthest is rank %d of the"
                                + " communicator with %.4f, ± %.4f for one rank",
                        mean,
                        expected,
                        bound,
                        furthest,
                        curve.first(furthest),
                        own));
    }

    /** In bounds; what is no number is further off than any. */
    private static double deviation(double loss, double expected, double bound) {
        double deviation = Math.abs(loss - expected) / bound;
        return Double.isFinite(deviation) ? deviation : Double.MAX_VALUE;
    }

    static double expectedLoss(StepSetup setup) {
        return Math.log(setup.model().vocabulary()) + variance(setup) / 2;
    }

    private static double variance(StepSetup setup) {
        return setup.model().hidden() * SeededWeights.DEVIATION * SeededWeights.DEVIATION;
    }

    static double bound(StepSetup setup, int ranks) {
        double vocabulary = setup.model().vocabulary();
        double tokens = setup.tokensPerStep(ranks);
        double variance = variance(setup);
        double own = setup.model().family() == ModelFamily.GPT ? OWN_LOGIT / vocabulary : 0;
        return SIGMAS * Math.sqrt(variance / tokens + Math.expm1(variance) / vocabulary) + own + ROUNDING;
    }

    /** The same sequences in every step: whoever updates weights by their gradients gets better at them. */
    private static Check falls(SftCurve curve) {
        long wrong = IntStream.range(0, curve.ranks())
                .filter(rank -> !(curve.last(rank) < curve.first(rank)))
                .count();
        List<Double> means = curve.means();
        return new Check(
                "sft.falls",
                curve.ranks(),
                wrong,
                wrong == 0 ? 0 : Double.MAX_VALUE,
                String.format(
                        Locale.ROOT,
                        "the loss on the same tokens goes from %.5f to %.5f in %d steps; it does not fall on %d of %d ranks",
                        means.get(0),
                        means.get(means.size() - 1),
                        means.size(),
                        wrong,
                        curve.ranks()));
    }

    /** The norm is of the gradients summed over all ranks, so all see the same, bit for bit; each alone would see its own. */
    private static Check norms(SftCurve curve) {
        List<Double> first = curve.norms().get(0);
        long wrong = 0;
        for (List<Double> rank : curve.norms()) {
            for (int step = 0; step < first.size(); step++) {
                wrong += Double.compare(rank.get(step), first.get(step)) == 0 ? 0 : 1;
            }
        }
        return new Check(
                "allreduce.norm",
                (long) curve.ranks() * first.size(),
                wrong,
                wrong == 0 ? 0 : Double.MAX_VALUE,
                "one global gradient norm on all " + curve.ranks() + " ranks in " + first.size() + " steps");
    }
}
