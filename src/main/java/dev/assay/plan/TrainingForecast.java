package dev.assay.plan;

import dev.assay.training.Range;
import dev.assay.workload.Sft;
import java.util.Optional;

/**
 * What a config's steps were predicted to take on so many nodes, before anything ran.
 *
 * @param config its key
 * @param experiment that measures it; empty: projected only
 * @param stepSeconds of an optimizer step
 * @param tokens a second and GPU
 * @param mfu causal, %; empty where no datasheet says a peak
 * @param exposedSeconds what computing waits for; empty where it is not predicted
 * @param scale efficiency against the baseline, %; empty without a baseline
 * @param baselineNodes that {@code scale} is counted from
 */
public record TrainingForecast(
        String config,
        Sft.Run run,
        int nodes,
        int gpus,
        Optional<String> experiment,
        Range stepSeconds,
        Range tokens,
        Optional<Range> mfu,
        Optional<Range> exposedSeconds,
        Optional<Range> scale,
        Optional<Integer> baselineNodes) {
    /** E.g. {@code 7b stress}. */
    public String name() {
        return config + (run == Sft.Run.NOMINAL ? "" : " " + run.key());
    }
}
