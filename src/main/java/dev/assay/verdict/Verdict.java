package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What became of one criterion at one node count.
 *
 * @param key as {@code Row.key()}, e.g. {@code gpu-utilisation@2}
 * @param sentence one line with the numbers and, where not PASS, what to look at
 * @param value of the worst unit, in the criterion's unit
 * @param spread over units: (highest − lowest) / median, %; for scale efficiency the half width of the interval
 * @param worstUnit e.g. {@code node003 GPU 5 (GPU-…)}
 * @param margin distance from the limit in the good direction, in the criterion's unit
 * @param baseline what a relative value is relative to
 * @param details further lines for the evidence: the parts of efficiency, outliers, per-unit values
 */
public record Verdict(
        String key,
        Criterion criterion,
        int nodes,
        int gpusPerNode,
        String title,
        State state,
        String sentence,
        OptionalDouble value,
        OptionalDouble spread,
        Optional<String> worstUnit,
        OptionalDouble margin,
        Optional<String> baseline,
        Coverage coverage,
        List<String> details) {
    public Verdict {
        details = List.copyOf(details);
    }

    /** Whether the cluster computed something wrong, which is worse than being slow. */
    public boolean wrongResult() {
        boolean compares = criterion.metric() == Metric.WRONG_ELEMENTS || criterion.metric() == Metric.DISTINCT_RESULTS;
        return state == State.FAIL && (compares || sentence.contains(Correctness.WRONG));
    }
}
