package dev.assay.worker;

import dev.assay.device.Counter;
import dev.assay.measurement.Digest;
import dev.assay.trainer.WeightSums;

/** All weights after the measured steps as the next step would read them, to be compared between ranks. */
final class SftDigest {
    private SftDigest() {}

    /** Of every module as each pass reads it, so of every weight twice. */
    static Digest of(WeightSums sums) {
        long digest = 0;
        for (long module : sums.forward()) {
            digest = Counter.hash(digest, module);
        }
        for (long module : sums.backward()) {
            digest = Counter.hash(digest, module);
        }
        return new Digest("sft.weights", String.format("%016x", digest));
    }
}
