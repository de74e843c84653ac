package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.LaunchResult;
import dev.assay.measurement.LaunchRole;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one question looks at.
 *
 * @param measured launches that carry its values: of {@code coupled} and {@code sft} the scaled ones, of any other workload
 *     the loads, on exactly the question's node count
 * @param beside what is not asked for, but compared with: of {@code coupled} and {@code sft} the baselines, every node, or few
 *     of them, by themselves; of {@code node-pair} what looked slow, again
 */
record Evidence(Question question, List<LaunchResult> measured, List<LaunchResult> beside) {
    static Evidence of(Question question, ExperimentResult result) {
        return switch (question.criterion().workload()) {
            case "coupled", "sft" ->
                new Evidence(
                        question,
                        launches(question, result, LaunchRole.SCALED),
                        result.launches().stream()
                                .filter(launch -> launch.role() == LaunchRole.BASELINE)
                                .toList());
            default ->
                new Evidence(
                        question,
                        launches(question, result, LaunchRole.LOAD),
                        result.launches().stream()
                                .filter(launch -> launch.role().retests())
                                .toList());
        };
    }

    private static List<LaunchResult> launches(Question question, ExperimentResult result, LaunchRole role) {
        return result.launches().stream()
                .filter(launch -> launch.role() == role && launch.nodes().size() == question.nodes())
                .filter(launch -> launch.variant().key().equals(variant(question, launch)))
                .toList();
    }

    /** The one that the criterion's conditions name, if they do. */
    private static String variant(Question question, LaunchResult launch) {
        return question.criterion()
                .conditions()
                .getOrDefault("variant", launch.variant().key());
    }

    Criterion criterion() {
        return question.criterion();
    }

    Question.Contract contract() {
        return question.contract();
    }

    /** Every launch that must be whole, and whose results must be right. */
    List<LaunchResult> needed() {
        return Stream.concat(beside.stream(), measured.stream()).toList();
    }

    List<RankResult> ranks() {
        return measured.stream().flatMap(launch -> launch.ranks().stream()).toList();
    }

    int gpus() {
        return question.nodes() * question.gpusPerNode();
    }

    /** How many ranks of the measured launches left a result. */
    Coverage coverage() {
        int expected = measured.stream().mapToInt(LaunchResult::expectedRanks).sum();
        return new Coverage(ranks().size(), Math.max(expected, gpus()), "GPUs");
    }
}
