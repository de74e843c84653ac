package dev.assay.run;

import dev.assay.measurement.Metric;
import dev.assay.plan.Row;
import dev.assay.verdict.Judge;
import dev.assay.verdict.Verdict;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where training scales but does not feel the fabric, who has shown the fabric: a row of a stress variant that passed on as many
 * nodes or more. Launches of fewer nodes take the first ones, so those of more have used them all.
 */
final class FabricProof {
    private FabricProof() {}

    /**
     * @param judge the row's verdict, given the key of a row that has shown the fabric
     * @param verdict of another row; its experiment runs if it has not yet
     */
    static Verdict judge(
            Row row, List<Row> rows, Function<Optional<String>, Verdict> judge, Function<Row, Verdict> verdict) {
        Verdict alone = judge.apply(Optional.empty());
        return Judge.wantsFabric(alone)
                ? shown(row, rows, verdict)
                        .map(key -> judge.apply(Optional.of(key)))
                        .orElse(alone)
                : alone;
    }

    /** The fewest nodes first. */
    private static Optional<String> shown(Row row, List<Row> rows, Function<Row, Verdict> verdict) {
        return rows.stream()
                .filter(other -> other.criterion().metric() == Metric.TRAIN_FABRIC && other.nodes() >= row.nodes())
                .sorted(Comparator.comparingInt(Row::nodes))
                .filter(other -> Judge.showsFabric(verdict.apply(other)))
                .map(Row::key)
                .findFirst();
    }
}
