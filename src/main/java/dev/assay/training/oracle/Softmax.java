package dev.assay.training.oracle;

import java.util.Arrays;

/** e^x over the sum of all e^x; the largest is taken off first, so that nothing overflows. */
final class Softmax {
    private Softmax() {}

    static double[] of(double[] scores) {
        double logSum = logSum(scores);
        double[] probabilities = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = Math.exp(scores[i] - logSum);
        }
        return probabilities;
    }

    /** ln Σ e^x. */
    static double logSum(double[] scores) {
        double largest = Arrays.stream(scores).max().orElseThrow();
        double sum = 0;
        for (double score : scores) {
            sum += Math.exp(score - largest);
        }
        return largest + Math.log(sum);
    }
}
