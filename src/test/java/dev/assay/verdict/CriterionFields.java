package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The fields of a criterion, to change some of them in a test. */
public final class CriterionFields {
    public String title;
    public Map<String, String> conditions;
    public Limit limit;
    public OptionalDouble ceiling;
    public String source;
    public List<String> requires;
    public boolean judged;
    public Optional<Criterion.SiteLimit> siteLimit;

    private final Criterion from;

    CriterionFields(Criterion from) {
        this.from = from;
        title = from.title();
        conditions = from.conditions();
        limit = from.limit();
        ceiling = from.ceiling();
        source = from.source();
        requires = from.requires();
        judged = from.judged();
        siteLimit = from.siteLimit();
    }

    Criterion criterion() {
        return new Criterion(
                from.id(),
                title,
                from.workload(),
                from.metric(),
                conditions,
                from.statistic(),
                limit,
                from.unit(),
                ceiling,
                source,
                requires,
                judged,
                siteLimit);
    }
}
