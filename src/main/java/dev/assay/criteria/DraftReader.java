package dev.assay.criteria;

import dev.assay.cluster.InputJson;
import dev.assay.cluster.Nearest;
import dev.assay.measurement.Metric;
import dev.assay.measurement.Unit;
import dev.assay.workload.Conditions;
import dev.assay.workload.Workload;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Pattern;

/** One criterion from its JSON. */
final class DraftReader {
    static final List<String> KEYS = List.of(
            "id",
            "title",
            "workload",
            "metric",
            "conditions",
            "statistic",
            "limit",
            FleetLimit.KEY,
            "unit",
            CeilingForm.FIXED,
            CeilingForm.OF_LINE,
            "source",
            "requires",
            "judged");
    static final List<String> AROUND_KEYS =
            List.of("id", "title", "metric", "statistic", "limit", "unit", "source", "judged");
    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern WORDS = Pattern.compile("[^\\p{Cntrl}]*\\S[^\\p{Cntrl}]*");
    private static final Map<String, String> WORKLOADS = byName(Workload.KEYS, Function.identity());
    private static final Map<String, Metric> METRICS = byName(Arrays.asList(Metric.values()), Metric::key);
    private static final Map<String, Unit> UNITS = byName(Arrays.asList(Unit.values()), Unit::symbol);
    private static final Map<String, Statistic> STATISTICS =
            byName(Arrays.asList(Statistic.values()), DraftReader::nameOf);

    private DraftReader() {}

    private static String nameOf(Statistic statistic) {
        return statistic.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T> Map<String, T> byName(List<T> values, Function<T, String> name) {
        Map<String, T> names = new LinkedHashMap<>();
        values.forEach(value -> names.put(name.apply(value), value));
        return names;
    }

    static Draft read(InputJson json) {
        json.onlyKeys(KEYS);
        String workload = json.required("workload", "what measures it").choice(WORKLOADS);
        return read(json, id(json), words(json, "title"), workload);
    }

    /**
     * One of a block that stands around several workloads.
     *
     * @param bare whether its names stand without the workload's
     */
    static Draft around(InputJson json, String workload, boolean bare, InputJson block) {
        json.onlyKeys(AROUND_KEYS);
        if (!WORKLOADS.containsKey(workload)) {
            throw block.error(
                    "the unknown workload \"" + workload + "\"",
                    String.join(", ", Workload.KEYS),
                    Nearest.suggestion(workload, Workload.KEYS, "name one of those"));
        }
        return bare
                ? read(json, id(json), words(json, "title"), workload)
                : read(json, workload + "-" + id(json), words(json, "title") + ", around " + workload, workload);
    }

    private static String id(InputJson json) {
        return json.required("id", "a stable id").matching(ID, "kebab-case, e.g. gpu-utilisation");
    }

    private static Draft read(InputJson json, String id, String title, String workload) {
        Metric metric = json.required("metric", "what is measured").choice(METRICS);
        LimitForm limit = LimitForm.read(json.required("limit", "e.g. {\"atLeast\": 90}"));
        CeilingForm ceiling = CeilingForm.read(json, metric);
        checkLimit(json, limit, metric, ceiling.value());
        checkStatistic(json, metric);
        return new Draft(
                id,
                title,
                workload,
                metric,
                json.find("conditions")
                        .map(conditions -> conditions(conditions, workload, metric))
                        .orElse(Map.of()),
                json.required("statistic", "how samples become one number").choice(STATISTICS),
                limit,
                unit(json, metric),
                ceiling,
                words(json, "source"),
                json.find("requires")
                        .map(value -> value.uniqueMatching(ID, "ids of criteria"))
                        .orElse(List.of()),
                json.find("judged").map(InputJson::bool).orElse(true),
                Optional.empty());
    }

    /** Words that the workload measures under: any other would choose nothing, and say so only after the run, or never. */
    private static Map<String, String> conditions(InputJson json, String workload, Metric metric) {
        List<String> keys = Conditions.keys(workload, metric.key());
        Map<String, String> conditions = new LinkedHashMap<>();
        json.fields().forEach((name, value) -> {
            if (!keys.contains(name)) {
                throw value.error(
                        "the condition \"" + name.replaceAll("\\p{Cntrl}", "?") + "\" of " + metric.key(),
                        keys.isEmpty()
                                ? "no condition: " + workload + " takes one value a unit of it"
                                : String.join(", ", keys),
                        Nearest.suggestion(name, keys, "remove it: nothing is measured under it"));
            }
            conditions.put(name, value.matching(WORDS, "one line of words"));
            Conditions.refused(workload, metric.key(), name, value.text()).ifPresent(allowed -> {
                throw value.error(
                        value.found() + " as " + name + " of " + metric.key(),
                        allowed,
                        Nearest.suggestion(value.text(), List.of(allowed.split(", ")), "write one that is measured"));
            });
        });
        return conditions;
    }

    private static String words(InputJson json, String key) {
        return json.required(key, "for the one who signs").matching(WORDS, "one line of words");
    }

    static Unit unit(InputJson json, Metric metric) {
        InputJson value = json.required("unit", metric.unit().symbol());
        Unit unit = value.choice(UNITS);
        if (unit != metric.unit()) {
            throw value.error(
                    value.found() + ", but " + metric.key() + " is measured in \""
                            + metric.unit().symbol() + "\"",
                    "\"" + metric.unit().symbol() + "\"",
                    "correct the unit, and the limit's figure with it");
        }
        return unit;
    }

    /** A high percentile is the slow end of times, and of rates the fast end, which hides what it should show. */
    private static void checkStatistic(InputJson json, Metric metric) {
        InputJson statistic = json.required("statistic", "");
        if (statistic.choice(STATISTICS).isPercentile() && !metric.unit().isTime()) {
            throw statistic.error(
                    statistic.found() + " of " + metric.key() + ", the high end of what is no time",
                    "a percentile of a time",
                    "take the median or the minimum");
        }
    }

    /** What can be said of a limit before the plan's figures are known. */
    static void checkLimit(InputJson json, LimitForm form, Metric metric, OptionalDouble ceiling) {
        InputJson where = json.required("limit", "");
        boolean computed = form instanceof LimitForm.OfFabricFloor || form instanceof LimitForm.OfNicRate;
        if (computed && metric.unit() != Unit.GIGABYTES_PER_SECOND) {
            throw where.error(
                    "a share of the fabric's floor (GB/s) for " + metric.key() + " in "
                            + metric.unit().symbol(),
                    "a metric in GB/s",
                    "write another kind of limit");
        }
        if (form instanceof LimitForm.PlannedBytes && metric != Metric.STEP_BYTES) {
            throw where.error(
                    "planned bytes for " + metric.key(), Metric.STEP_BYTES.key(), "write another kind of limit");
        }
        if (form instanceof LimitForm.Fixed fixed && ceiling.isPresent()) {
            Draft.floor(fixed.limit()).ifPresent(floor -> {
                if (floor > ceiling.getAsDouble()) {
                    throw where.error(
                            "floor " + floor + " above the ceiling " + ceiling.getAsDouble() + " "
                                    + metric.unit().symbol(),
                            "at most the ceiling: it is physics, and a value above it says that the test is broken",
                            "correct the floor");
                }
            });
        }
    }
}
