package dev.assay.criteria;

import dev.assay.cluster.InputException;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** A criterion whose limit may still wait for the plan's figures. */
record Draft(
        String id,
        String title,
        String workload,
        Metric metric,
        Map<String, String> conditions,
        Statistic statistic,
        LimitForm limit,
        Unit unit,
        CeilingForm ceiling,
        String source,
        List<String> requires,
        boolean judged,
        Optional<SiteForm> site) {
    /** What a site put in the place of the default limit, and why. */
    record SiteForm(LimitForm limit, String reason) {}

    Draft withSite(SiteForm siteForm) {
        return new Draft(
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
                requires,
                judged,
                Optional.of(siteForm));
    }

    Criterion resolve(PlannedFigures figures) {
        Limit defaultLimit = limit.resolve(figures);
        Limit effective = site.map(form -> form.limit().resolve(figures)).orElse(defaultLimit);
        OptionalDouble most = ceiling.resolve(figures);
        checkCeiling(effective, most);
        return new Criterion(
                id,
                title,
                workload,
                metric,
                conditions,
                statistic,
                effective,
                unit,
                most,
                source,
                requires,
                judged,
                site.map(form -> new Criterion.SiteLimit(defaultLimit, form.reason())));
    }

    private void checkCeiling(Limit effective, OptionalDouble most) {
        floor(effective).ifPresent(floor -> {
            if (most.isPresent() && floor > most.getAsDouble()) {
                throw new InputException(
                        "Computing the limit of the criterion " + id,
                        "floor " + floor + " " + unit.symbol() + " above the ceiling",
                        "at most " + most.getAsDouble() + " " + unit.symbol(),
                        "correct the floor: what lies above the ceiling cannot be reached");
            }
        });
    }

    /** The lowest value that meets the limit, where it has one. */
    static OptionalDouble floor(Limit limit) {
        if (limit instanceof Limit.AtLeast atLeast) {
            return OptionalDouble.of(atLeast.floor());
        }
        if (limit instanceof Limit.Equal equal) {
            return OptionalDouble.of(equal.value());
        }
        return limit instanceof Limit.Within within ? OptionalDouble.of(within.low()) : OptionalDouble.empty();
    }
}
