package dev.assay.verdict;

import dev.assay.measurement.ExperimentResult;
import dev.assay.measurement.Metric;
import dev.assay.measurement.RankResult;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * From measurements to verdicts. The same questions and the same result give the same verdicts, bit for bit.
 *
 * <p>A question is asked in this order, and the first answer stands: was all it needs run, to the end, and could it be (NOT_RUN)? Can the
 * results be what they claim (INVALID)? Is any of them wrong (FAIL), unchecked (INVALID), or left out (INCONCLUSIVE)? Is there a value of every unit
 * (INCONCLUSIVE where the device has none, else INVALID), watched well enough and below the ceiling (INVALID)? Does the worst
 * unit meet the limit? Do the criteria hold that it rests on?
 */
public final class Judge {
    private Judge() {}

    /**
     * @param questions all that one experiment serves; what a criterion requires must be among them
     * @param result with the launches of an extension, if one ran
     * @return one verdict a question, in their order
     */
    public static List<Verdict> judge(List<Question> questions, ExperimentResult result) {
        List<Finding> alone = questions.stream()
                .map(question -> find(Evidence.of(question, result), result))
                .toList();
        Requirements requirements = new Requirements(questions, alone);
        return IntStream.range(0, questions.size())
                .mapToObj(index -> requirements.apply(index).answer(questions.get(index)))
                .toList();
    }

    /** Whether some scale efficiency is inconclusive for want of launches only, so that the planned extension may tell. */
    public static boolean wantsExtension(List<Verdict> verdicts) {
        return verdicts.stream()
                .anyMatch(verdict -> verdict.criterion().metric() == Metric.SCALE_EFFICIENCY
                        && verdict.state() == State.INCONCLUSIVE
                        && verdict.details().contains(ScaleEfficiency.EXTENSION));
    }

    /** Whether it cannot pass before a row of a stress variant, on as many nodes or more, has shown the fabric. */
    public static boolean wantsFabric(Verdict verdict) {
        return verdict.state() == State.INCONCLUSIVE && verdict.details().contains(ScaleEfficiency.BLIND);
    }

    /** Whether it has shown the fabric to training on its own nodes and fewer. */
    public static boolean showsFabric(Verdict verdict) {
        return verdict.state() == State.PASS
                && verdict.criterion().judged()
                && verdict.criterion().metric() == Metric.TRAIN_FABRIC;
    }

    private static Finding find(Evidence evidence, ExperimentResult result) {
        return refused(State.NOT_RUN, Wholeness.problem(evidence, result), evidence)
                .or(() -> RdmaReadings.notRun(evidence).map(why -> notRun(why, evidence)))
                .or(() -> refused(State.INVALID, Protocol.problem(evidence), evidence))
                .or(() -> wrong(evidence))
                .or(() -> refused(State.INVALID, Correctness.unchecked(evidence), evidence))
                .or(() -> refused(State.INCONCLUSIVE, LeftOut.problem(evidence), evidence))
                .orElseGet(() -> measured(evidence));
    }

    private static Finding measured(Evidence evidence) {
        boolean judged = evidence.criterion().judged();
        if (evidence.criterion().metric() == Metric.SCALE_EFFICIENCY) {
            Finding finding = ScaleEfficiency.judge(evidence);
            boolean silent = ScaleEfficiency.silent(evidence).isPresent();
            return judged || silent ? finding : shown(finding, evidence);
        }
        Readings readings = Readings.of(evidence);
        return judged ? Measured.judge(evidence, readings) : Measured.shown(evidence, readings, proof(evidence));
    }

    private static Finding shown(Finding finding, Evidence evidence) {
        return new Finding(
                State.NOT_APPLICABLE,
                finding.words() + "; shown, not judged; " + proof(evidence),
                finding.value(),
                finding.spread(),
                finding.worstUnit(),
                OptionalDouble.empty(),
                finding.baseline(),
                finding.coverage(),
                finding.details());
    }

    private static Optional<Finding> wrong(Evidence evidence) {
        List<String> wrong = Correctness.wrong(evidence);
        return wrong.stream().findFirst().map(first -> {
            String others = wrong.size() == 1 ? "" : " (the first of " + wrong.size() + " failed checks)";
            return new Finding(
                    State.FAIL,
                    first + others + "; look at " + Hints.of(Metric.WRONG_ELEMENTS),
                    evidence.criterion().metric() == Metric.WRONG_ELEMENTS
                            ? OptionalDouble.of(Correctness.wrongElements(evidence))
                            : OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    Correctness.wrongUnit(evidence),
                    OptionalDouble.empty(),
                    Optional.empty(),
                    evidence.coverage(),
                    wrong);
        });
    }

    private static Optional<Finding> refused(State state, Optional<String> problem, Evidence evidence) {
        return problem.map(words -> Finding.without(state, words, evidence.coverage(), List.of()));
    }

    /** What is only shown has its reason and is no trouble. */
    private static Finding notRun(String why, Evidence evidence) {
        return evidence.criterion().judged()
                ? Finding.without(State.NOT_RUN, why, evidence.coverage(), List.of())
                : Finding.without(
                        State.NOT_APPLICABLE,
                        "not judged, no value (" + why + "); " + proof(evidence),
                        evidence.coverage(),
                        List.of());
    }

    private static String proof(Evidence evidence) {
        if (evidence.contract().reference()) {
            return "the reference device proves the suite, not a cluster";
        }
        String model = evidence.ranks().stream()
                .findFirst()
                .map(RankResult::device)
                .map(device -> device.model())
                .orElse("");
        return "the criteria show it only, on " + model;
    }
}
