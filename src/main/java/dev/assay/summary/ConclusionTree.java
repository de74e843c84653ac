package dev.assay.summary;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.cluster.Cluster;
import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Library;
import dev.assay.plan.Plan;
import dev.assay.plan.Row;
import dev.assay.verdict.Coverage;
import dev.assay.verdict.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/** The conclusion as a tree of JSON, keys in the order of the schema. What is empty is absent, never null. */
final class ConclusionTree {
    private final ObjectMapper json;

    ConclusionTree(ObjectMapper json) {
        this.json = json;
    }

    ObjectNode of(Conclusion conclusion) {
        ObjectNode root = json.createObjectNode();
        root.put("schema", VerdictJson.SCHEMA);
        root.put("run", conclusion.runId());
        root.put("startedAt", conclusion.startedAt());
        conclusion.replayOf().ifPresent(folder -> root.put("replayOf", folder));
        root.put("decision", conclusion.decision().words());
        root.put("meaning", conclusion.meaning());
        root.set("suite", suite(conclusion));
        root.set("sha256", hashes(conclusion.hashes()));
        root.set("command", strings(conclusion.command()));
        root.set("cluster", cluster(conclusion.plan().cluster()));
        root.set("plan", plan(conclusion.plan()));
        root.set("verdicts", array(conclusion.verdicts(), this::verdict));
        root.set("certified", strings(conclusion.plan().certifies()));
        root.set("notCertified", strings(conclusion.notCertified()));
        root.set("warnings", strings(conclusion.warnings()));
        root.set("attemptsBefore", array(conclusion.attemptsBefore(), this::attempt));
        root.set("jobs", array(conclusion.jobs(), this::job));
        conclusion.took().ifPresent(took -> root.set("duration", duration(took, conclusion.leastPredicted())));
        root.set("nodes", array(conclusion.identity(), this::node));
        root.set("libraries", array(conclusion.libraries(), this::library));
        return root;
    }

    ObjectNode verdict(Verdict verdict) {
        ObjectNode node = json.createObjectNode();
        node.put("key", verdict.key());
        node.put("title", verdict.title());
        node.put("nodes", verdict.nodes());
        node.put("gpusPerNode", verdict.gpusPerNode());
        node.put("state", verdict.state().name());
        node.put("sentence", verdict.sentence());
        number(node, "value", verdict.value());
        node.put("unit", verdict.criterion().unit().symbol());
        number(node, "margin", verdict.margin());
        number(node, "spreadPercent", verdict.spread());
        verdict.worstUnit().ifPresent(unit -> node.put("worstUnit", unit));
        verdict.baseline().ifPresent(baseline -> node.put("baseline", baseline));
        node.set("coverage", coverage(verdict.coverage()));
        node.set("criterion", criterion(verdict.criterion()));
        node.set("details", strings(verdict.details()));
        return node;
    }

    private ObjectNode criterion(Criterion criterion) {
        ObjectNode node = json.createObjectNode();
        node.put("id", criterion.id());
        node.put("title", criterion.title());
        node.put("workload", criterion.workload());
        node.put("metric", criterion.metric().key());
        node.put(
                "statistic",
                criterion.statistic().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        node.set("limit", limit(criterion.limit()));
        number(node, "ceiling", criterion.ceiling());
        node.put("source", criterion.source());
        node.set("requires", strings(criterion.requires()));
        node.put("judged", criterion.judged());
        criterion.siteLimit().ifPresent(site -> {
            ObjectNode override = node.putObject("siteLimit");
            override.set("defaultLimit", limit(site.defaultLimit()));
            override.put("reason", site.reason());
        });
        return node;
    }

    private ObjectNode limit(Limit limit) {
        ObjectNode node = json.createObjectNode();
        if (limit instanceof Limit.AtLeast atLeast) {
            node.put("kind", "at-least").put("floor", atLeast.floor());
        } else if (limit instanceof Limit.AtMost atMost) {
            node.put("kind", "at-most").put("most", atMost.most());
        } else if (limit instanceof Limit.Equal equal) {
            node.put("kind", "equal").put("value", equal.value());
        } else if (limit instanceof Limit.Within within) {
            node.put("kind", "within").put("low", within.low()).put("high", within.high());
        } else if (limit instanceof Limit.OfMedian ofMedian) {
            node.put("kind", "of-median").put("share", ofMedian.share());
        } else if (limit instanceof Limit.AtMostOfMedian ofMedian) {
            node.put("kind", "at-most-of-median").put("times", ofMedian.times());
        } else {
            node.put("kind", "uniform");
        }
        return node;
    }

    private ObjectNode coverage(Coverage coverage) {
        return json.createObjectNode()
                .put("measured", coverage.measured())
                .put("expected", coverage.expected())
                .put("what", coverage.what());
    }

    private ObjectNode suite(Conclusion conclusion) {
        return json.createObjectNode().put("name", "assay").put("version", conclusion.suiteVersion());
    }

    private ObjectNode hashes(Conclusion.Hashes hashes) {
        return json.createObjectNode()
                .put("suite", hashes.suite())
                .put("criteria", hashes.criteria())
                .put("plan", hashes.plan())
                .put("raw", hashes.raw());
    }

    private ObjectNode cluster(Cluster cluster) {
        ObjectNode node = json.createObjectNode();
        node.put("name", cluster.name());
        node.put("launcher", cluster.launcher().name().toLowerCase(Locale.ROOT));
        node.put("device", cluster.device().name().toLowerCase(Locale.ROOT));
        node.set("nodes", strings(cluster.nodes()));
        node.put("gpusPerNode", cluster.gpusPerNode());
        node.put("gpuModel", cluster.gpuModel());
        node.put("sharedHost", cluster.sharedHost());
        return node;
    }

    private ObjectNode plan(Plan plan) {
        ObjectNode node = json.createObjectNode();
        ArrayNode counts = node.putArray("nodeCounts");
        plan.nodeCounts().forEach(counts::add);
        node.put("durationSeconds", plan.durationSeconds());
        plan.selection().ifPresent(selection -> {
            node.put("suite", selection.suite().key());
            if (!selection.families().isEmpty()) {
                node.set("families", strings(selection.families()));
            }
            node.put("wholeSuite", plan.wholeSuite());
        });
        node.put("wholeInventory", plan.wholeInventory());
        node.set("keys", strings(plan.rows().stream().map(Row::key).toList()));
        return node;
    }

    private ObjectNode attempt(Attempt attempt) {
        ObjectNode node = json.createObjectNode();
        node.put("run", attempt.runId());
        node.put("startedAt", attempt.startedAt());
        node.put("cluster", attempt.cluster());
        ArrayNode counts = node.putArray("nodeCounts");
        attempt.nodeCounts().forEach(counts::add);
        node.put("outcome", attempt.outcome());
        node.put("reason", attempt.reason());
        return node;
    }

    private ObjectNode job(Conclusion.Job job) {
        ObjectNode node = json.createObjectNode().put("experiment", job.experiment());
        job.id().ifPresent(id -> node.put("slurmJob", id));
        node.put("state", job.state());
        job.took().ifPresent(took -> node.put("seconds", took.seconds()).put("predictedSeconds", took.predicted()));
        return node;
    }

    private ObjectNode duration(Took took, Optional<Conclusion.Job> leastPredicted) {
        ObjectNode node = json.createObjectNode()
                .put("seconds", took.seconds())
                .put("predictedSeconds", took.predicted())
                .put("ratio", took.ratio());
        leastPredicted.ifPresent(job -> node.put("leastPredicted", job.experiment()));
        return node;
    }

    private ObjectNode node(Conclusion.NodeIdentity identity) {
        ObjectNode node = json.createObjectNode();
        node.put("node", identity.node());
        node.put("host", identity.host());
        node.put("bootId", identity.bootId());
        node.set("devices", array(identity.devices(), this::device));
        return node;
    }

    private ObjectNode device(DeviceIdentity device) {
        ObjectNode node = json.createObjectNode();
        node.put("kind", device.kind());
        node.put("model", device.model());
        node.put("uuid", device.uuid());
        node.put("serial", device.serial());
        node.put("driver", device.driver());
        node.put("memoryBytes", device.memoryBytes());
        node.put("multiprocessors", device.multiprocessors());
        node.put("computeCapability", device.computeCapability());
        number(node, "maxSmClockMhz", OptionalDouble.of(device.maxSmClockMhz()));
        ObjectNode facts = node.putObject("facts");
        for (Map.Entry<String, String> fact : new TreeMap<>(device.facts()).entrySet()) {
            facts.put(fact.getKey(), fact.getValue());
        }
        return node;
    }

    private ObjectNode library(Library library) {
        return json.createObjectNode()
                .put("name", library.name())
                .put("version", library.version())
                .put("path", library.path())
                .put("sha256", library.sha256());
    }

    /** JSON has no NaN; a value that is none is left out, and the gate accepts no PASS without a value. */
    private static void number(ObjectNode node, String key, OptionalDouble value) {
        if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
            node.put(key, value.getAsDouble());
        }
    }

    private ArrayNode strings(List<String> values) {
        ArrayNode array = json.createArrayNode();
        values.forEach(array::add);
        return array;
    }

    private <T> ArrayNode array(List<T> values, Function<T, ObjectNode> tree) {
        ArrayNode array = json.createArrayNode();
        values.forEach(value -> array.add(tree.apply(value)));
        return array;
    }
}
