package dev.assay.trainer;

import dev.assay.training.CollectiveMode;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import dev.assay.training.StepSetup;
import dev.assay.training.ZeroSetup;

/**
 * A case of ZeRO in a table's columns.
 *
 * @param flags o: overlaps; a: reduce_scatter false; r: use_multi_rank_bucket_allreduce false; i: ideal; g: GPT;
 *     f: layers are computed again
 * @param bytes two digits: of a sum, and of a gradient on the wire
 */
record ZeroFlags(String flags, int bytes) {
    private static final int SEQUENCE = 7;

    boolean has(String flag) {
        return flags.contains(flag);
    }

    ZeroSetup zero(int stage, long bucket, long prefetch, long persistence, long maxLive) {
        return new ZeroSetup(stage, has("o"), !has("a"), !has("r"), bucket, prefetch, persistence, maxLive, 1000);
    }

    StepSetup step(ModelShape llama, ModelShape gpt, int accumulation, ZeroSetup zero) {
        return new StepSetup(
                has("g") ? gpt : llama,
                SEQUENCE,
                1,
                accumulation,
                zero,
                has("f") ? Recomputation.FULL : Recomputation.NONE,
                has("i") ? CollectiveMode.IDEAL : CollectiveMode.DEEPSPEED,
                bytes / 10,
                bytes % 10);
    }
}
