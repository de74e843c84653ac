package dev.assay.verdict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Criteria that rest on others: utilisation on the load proof, scale efficiency on the workload's sensitivity. A value whose
 * ground is missing proves nothing. A FAIL stands by itself: a missed limit is missed, whatever it rests on.
 */
final class Requirements {
    private final List<Question> questions;
    private final List<Finding> alone;

    Requirements(List<Question> questions, List<Finding> alone) {
        this.questions = questions;
        this.alone = alone;
    }

    /** The finding of one question with its requirements applied. */
    Finding apply(int index) {
        return apply(index, new HashSet<>());
    }

    private Finding apply(int index, Set<Integer> path) {
        Finding own = alone.get(index);
        boolean open = own.state() == State.PASS || own.state() == State.INCONCLUSIVE;
        if (!open) {
            return own;
        }
        if (!path.add(index)) {
            return demoted(own, State.INVALID, "its requirements go in a circle");
        }
        List<Finding> demotions = new ArrayList<>();
        for (String id : questions.get(index).criterion().requires()) {
            demotion(index, id, own, path).ifPresent(demotions::add);
        }
        path.remove(index);
        return demotions.stream().findFirst().orElse(own);
    }

    private Optional<Finding> demotion(int index, String id, Finding own, Set<Integer> path) {
        List<Integer> required = IntStream.range(0, questions.size())
                .filter(each -> questions.get(each).criterion().id().equals(id)
                        && questions.get(each).nodes() == questions.get(index).nodes())
                .boxed()
                .toList();
        if (required.isEmpty()) {
            return Optional.of(demoted(own, State.INVALID, "it requires " + id + ", which was not asked"));
        }
        return required.stream()
                .flatMap(each -> demotion(questions.get(each), apply(each, path), own).stream())
                .findFirst();
    }

    private static Optional<Finding> demotion(Question required, Finding ground, Finding own) {
        boolean shown = required.contract().reference() && ground.state() == State.NOT_APPLICABLE;
        if (ground.state() == State.PASS || shown) {
            return Optional.empty();
        }
        String words = "it requires " + required.criterion().id() + ", which is " + ground.state() + " ("
                + required.criterion().title() + ": " + ground.words() + ")";
        return Optional.of(demoted(own, inherited(ground.state()), words));
    }

    private static State inherited(State ground) {
        return switch (ground) {
            case INCONCLUSIVE -> State.INCONCLUSIVE;
            case NOT_RUN -> State.NOT_RUN;
            case PASS, FAIL, INVALID, NOT_APPLICABLE -> State.INVALID;
        };
    }

    private static Finding demoted(Finding own, State state, String why) {
        List<String> details = own.details().stream()
                .filter(line -> !line.equals(ScaleEfficiency.EXTENSION))
                .toList();
        return new Finding(
                state,
                why + "; by itself: " + own.words(),
                own.value(),
                own.spread(),
                own.worstUnit(),
                OptionalDouble.empty(),
                own.baseline(),
                own.coverage(),
                details);
    }
}
