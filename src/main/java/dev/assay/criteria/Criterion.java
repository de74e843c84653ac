package dev.assay.criteria;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * One thing a cluster must reach.
 *
 * @param id kebab-case, unique, stable over versions, e.g. {@code gpu-utilisation}
 * @param title as people read it, without the limit, e.g. {@code GPU utilisation}
 * @param workload the key of the workload whose measurements it judges, e.g. {@code burn}
 * @param conditions what a measurement of the metric must have been taken under to count here, e.g. {@code kernel: copy}
 * @param unit must equal the metric's
 * @param ceiling physics: a value above it says that the test is broken
 * @param source where the limit comes from, for the one who signs
 * @param requires ids of criteria without whose PASS this one cannot hold, e.g. utilisation needs the load proof
 * @param judged false: the value is shown, the verdict is NOT_APPLICABLE (reference device)
 * @param siteLimit set where a site's file replaced the default limit
 */
public record Criterion(
        String id,
        String title,
        String workload,
        Metric metric,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, String> conditions,
        Statistic statistic,
        Limit limit,
        Unit unit,
        OptionalDouble ceiling,
        String source,
        List<String> requires,
        boolean judged,
        Optional<SiteLimit> siteLimit) {
    /** A site's own limit stands beside the default that it replaced, with the reason the site gave. */
    public record SiteLimit(Limit defaultLimit, String reason) {}

    public Criterion {
        requires = List.copyOf(requires);
        conditions = Map.copyOf(conditions);
        if (unit != metric.unit()) {
            throw new IllegalArgumentException("criterion " + id + ": unit of " + metric.key() + " is "
                    + metric.unit().symbol() + ", got " + unit.symbol());
        }
        if (limit instanceof Limit.AtLeast atLeast && ceiling.isPresent() && atLeast.floor() > ceiling.getAsDouble()) {
            throw new IllegalArgumentException("criterion " + id + ": floor must not exceed the ceiling "
                    + ceiling.getAsDouble() + ", got " + atLeast.floor());
        }
    }

    /** The same without some that it requires: what is not asked cannot be required. */
    public Criterion withoutRequiring(List<String> ids) {
        return requiringOnly(
                requires.stream().filter(each -> !ids.contains(each)).toList());
    }

    /** The same resting on others too. */
    public Criterion requiring(List<String> more) {
        return requiringOnly(Stream.concat(requires.stream(), more.stream()).toList());
    }

    private Criterion requiringOnly(List<String> ids) {
        return new Criterion(
                id,
                title,
                workload,
                metric,
                conditions,
                statistic,
                limit,
                unit,
                ceiling,
                source,
                ids,
                judged,
                siteLimit);
    }
}
