package dev.assay.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.measurement.StrictJson;
import java.util.ArrayList;
import java.util.List;

/**
 * One benchmark of JMH's JSON, with what a measurement needs of it.
 *
 * @param benchmark the method's full name
 * @param mode {@code avgt}, {@code thrpt} or {@code sample}
 * @param unit of all scores, e.g. {@code ns/op}
 * @param iterations each one's score, in {@code sample} the mean over its samples
 * @param primary JMH's primary metric, for its percentiles
 */
record JmhResult(
        String benchmark,
        String mode,
        String version,
        int threads,
        String unit,
        List<Double> iterations,
        JsonNode primary) {
    JmhResult {
        iterations = List.copyOf(iterations);
    }

    /** @throws WorkerException where the text is not what JMH writes; a score that is missing or no number is no score */
    static List<JmhResult> parse(String text) {
        try {
            List<JmhResult> results = new ArrayList<>();
            for (JsonNode each : array(StrictJson.mapper().readTree(text), "JMH's results")) {
                results.add(one(each));
            }
            return List.copyOf(results);
        } catch (JsonProcessingException e) {
            throw new WorkerException("reading JMH's results: no JSON: " + e.getOriginalMessage(), e);
        }
    }

    boolean has(int count, int threadsAsked) {
        return iterations.size() == count && threads == threadsAsked;
    }

    /** Without the samples, which are many. */
    String words() {
        return iterations.size() + " iterations of " + threads + " threads";
    }

    /** E.g. {@code 99.0}; in the unit of the scores. */
    double percentile(String name) {
        return number(primary.path("scorePercentiles").path(name), benchmark + " scorePercentiles " + name);
    }

    private static JmhResult one(JsonNode result) {
        String name = text(result.path("benchmark"), "benchmark");
        String mode = text(result.path("mode"), name + " mode");
        JsonNode primary = result.path("primaryMetric");
        return new JmhResult(
                name,
                mode,
                text(result.path("jmhVersion"), name + " jmhVersion"),
                (int) number(result.path("threads"), name + " threads"),
                text(primary.path("scoreUnit"), name + " scoreUnit"),
                mode.equals("sample") ? means(primary, name) : scores(primary, name),
                primary);
    }

    /** One fork, a score an iteration. */
    private static List<Double> scores(JsonNode primary, String name) {
        List<Double> scores = new ArrayList<>();
        for (JsonNode score : fork(primary, "rawData", name)) {
            scores.add(number(score, name + " rawData"));
        }
        return scores;
    }

    /** One fork, a list of pairs of value and count an iteration. */
    private static List<Double> means(JsonNode primary, String name) {
        List<Double> means = new ArrayList<>();
        for (JsonNode iteration : fork(primary, "rawDataHistogram", name)) {
            double sum = 0;
            double count = 0;
            for (JsonNode pair : array(iteration, name + " rawDataHistogram")) {
                double times = number(pair.path(1), name + " rawDataHistogram");
                sum += times * number(pair.path(0), name + " rawDataHistogram");
                count += times;
            }
            means.add(finite(sum / count, name + " rawDataHistogram"));
        }
        return means;
    }

    private static JsonNode fork(JsonNode primary, String field, String name) {
        JsonNode forks = array(primary.path(field), name + " " + field);
        if (forks.size() != 1) {
            throw new WorkerException("reading JMH's results: " + name + " " + field + ": found " + forks.size()
                    + " forks, expected 1; look at rank-N.jmh.json");
        }
        return array(forks.path(0), name + " " + field);
    }

    private static JsonNode array(JsonNode node, String what) {
        if (!node.isArray() || node.isEmpty()) {
            throw unexpected(what, node, "a list that is not empty");
        }
        return node;
    }

    private static String text(JsonNode node, String what) {
        if (!node.isTextual() || node.textValue().isBlank()) {
            throw unexpected(what, node, "a text");
        }
        return node.textValue();
    }

    private static double number(JsonNode node, String what) {
        if (!node.isNumber()) {
            throw unexpected(what, node, "a number");
        }
        return finite(node.doubleValue(), what);
    }

    private static double finite(double value, String what) {
        if (!Double.isFinite(value) || value < 0) {
            throw new WorkerException(
                    "reading JMH's results: " + what + " is " + value + ", expected a finite number ≥ 0");
        }
        return value;
    }

    private static WorkerException unexpected(String what, JsonNode node, String expected) {
        return new WorkerException("reading JMH's results: " + what + ": found "
                + (node.isMissingNode() ? "nothing" : node.toString()) + ", expected " + expected
                + "; look at rank-N.jmh.json");
    }
}
