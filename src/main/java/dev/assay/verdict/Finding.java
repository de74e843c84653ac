package dev.assay.verdict;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A verdict's changing half: everything but the question. */
record Finding(
        State state,
        String words,
        OptionalDouble value,
        OptionalDouble spread,
        Optional<String> worstUnit,
        OptionalDouble margin,
        Optional<String> baseline,
        Coverage coverage,
        List<String> details) {
    Finding {
        details = List.copyOf(details);
    }

    /** No number stands behind it. */
    static Finding without(State state, String words, Coverage coverage, List<String> details) {
        return new Finding(
                state,
                words,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                OptionalDouble.empty(),
                Optional.empty(),
                coverage,
                details);
    }

    Verdict answer(Question question) {
        return new Verdict(
                question.key(),
                question.criterion(),
                question.nodes(),
                question.gpusPerNode(),
                question.title(),
                state,
                question.criterion().title() + ": " + words,
                value,
                spread,
                worstUnit,
                margin,
                baseline,
                coverage,
                details);
    }
}
