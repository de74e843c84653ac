package dev.assay.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.criteria.Criterion;
import dev.assay.criteria.Limit;
import dev.assay.criteria.Statistic;
import dev.assay.measurement.Metric;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DecisionsTest {
    private static final Criterion UTILISATION = Fleet.criterion(
            "gpu-utilisation", "burn", Metric.SM_ACTIVE, Statistic.MEAN, new Limit.AtLeast(90), "power-limit");
    private static final Criterion EFFICIENCY = Fleet.criterion(
            "scale-efficiency", "coupled", Metric.SCALE_EFFICIENCY, Statistic.MEAN, new Limit.AtLeast(95));
    private static final Criterion POWER_LIMIT =
            Fleet.criterion("power-limit", "burn", Metric.POWER_LIMIT, Statistic.MINIMUM, new Limit.Equal(700));
    private static final Criterion POWER =
            Fleet.criterion("power", "burn", Metric.POWER, Statistic.MEAN, new Limit.AtLeast(550));
    private static final List<String> KEYS =
            List.of("gpu-utilisation@2", "scale-efficiency@2", "power-limit@2", "power@2");

    @Test
    void acceptsTheWholeContractOnly() {
        List<Verdict> pass = verdicts(State.PASS);

        assertThat(Decisions.decide(pass, KEYS, true, false, false)).isEqualTo(Decision.ACCEPTED);
        assertThat(Decisions.decide(pass, KEYS, false, false, false)).isEqualTo(Decision.PARTIAL);
        assertThat(Decisions.decide(pass, KEYS, true, true, false)).isEqualTo(Decision.PARTIAL);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void oneVerdictDecides(State last) {
        Decision expected = switch (last) {
            case PASS, NOT_APPLICABLE -> Decision.ACCEPTED;
            case FAIL -> Decision.REJECTED;
            case INCONCLUSIVE, INVALID, NOT_RUN -> Decision.INCONCLUSIVE;
        };

        assertThat(Decisions.decide(verdicts(last), KEYS, true, false, false)).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void aSelectionIsNeverMoreThanPartial(Decision decision) {
        Decision expected = switch (decision) {
            case ACCEPTED, PARTIAL, SUITE_OK -> Decision.PARTIAL;
            case INCONCLUSIVE, REJECTED, SUITE_BROKEN -> decision;
        };

        assertThat(Decisions.ofSelection(decision)).isEqualTo(expected);
    }

    @Test
    void missingForeignOrDoubleVerdictIsNeverAccepted() {
        List<Verdict> pass = verdicts(State.PASS);

        assertThat(Decisions.decide(List.of(), List.of(), true, false, false)).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(Decisions.decide(pass.subList(0, 3), KEYS, true, false, false))
                .isEqualTo(Decision.INCONCLUSIVE);
        assertThat(Decisions.decide(pass, KEYS.subList(0, 3), true, false, false))
                .isEqualTo(Decision.INCONCLUSIVE);
        assertThat(Decisions.decide(twice(pass), KEYS, true, false, false)).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(Decisions.decide(twice(pass), twiceKeys(), true, false, false))
                .isEqualTo(Decision.INCONCLUSIVE);
    }

    @Test
    void failureRejectsEvenWhereOthersAreMissing() {
        List<Verdict> failed = List.of(verdict(POWER, State.FAIL));

        assertThat(Decisions.decide(failed, KEYS, true, false, false)).isEqualTo(Decision.REJECTED);
    }

    @Test
    void notApplicableCannotCarryAnAcceptance() {
        List<Verdict> nothing = List.of(
                verdict(UTILISATION, State.NOT_APPLICABLE),
                verdict(EFFICIENCY, State.NOT_APPLICABLE),
                verdict(POWER_LIMIT, State.NOT_APPLICABLE),
                verdict(POWER, State.NOT_APPLICABLE));
        List<Verdict> withoutGround = List.of(
                verdict(UTILISATION, State.PASS),
                verdict(EFFICIENCY, State.PASS),
                verdict(POWER_LIMIT, State.NOT_APPLICABLE),
                verdict(POWER, State.PASS));
        List<Verdict> withoutHeadline = List.of(
                verdict(UTILISATION, State.PASS),
                verdict(EFFICIENCY, State.NOT_APPLICABLE),
                verdict(POWER_LIMIT, State.PASS),
                verdict(POWER, State.PASS));

        assertThat(Decisions.decide(nothing, KEYS, true, false, false)).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(Decisions.decide(withoutGround, KEYS, true, false, false)).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(Decisions.decide(withoutHeadline, KEYS, true, false, false)).isEqualTo(Decision.PARTIAL);
    }

    @ParameterizedTest
    @EnumSource(State.class)
    void referenceDeviceProvesTheSuiteOrBreaksIt(State last) {
        boolean whole = last == State.PASS || last == State.NOT_APPLICABLE;

        assertThat(Decisions.decide(verdicts(last), KEYS, true, true, true))
                .isEqualTo(whole ? Decision.SUITE_OK : Decision.SUITE_BROKEN);
    }

    @Test
    void referenceDeviceWithoutAPassOrAVerdictIsBroken() {
        List<Verdict> shown = List.of(verdict(POWER, State.NOT_APPLICABLE));

        assertThat(Decisions.decide(shown, List.of("power@2"), true, true, true))
                .isEqualTo(Decision.SUITE_BROKEN);
        assertThat(Decisions.decide(List.of(), List.of(), true, true, true)).isEqualTo(Decision.SUITE_BROKEN);
        assertThat(Decisions.decide(verdicts(State.PASS).subList(0, 2), KEYS, true, true, true))
                .isEqualTo(Decision.SUITE_BROKEN);
    }

    @ParameterizedTest
    @EnumSource(Decision.class)
    void onlyAcceptingDecisionsEndWell(Decision decision) {
        boolean alone = decision == Decision.ACCEPTED || decision == Decision.SUITE_OK;

        assertThat(Decisions.accepts(decision, false)).isEqualTo(alone);
        assertThat(Decisions.accepts(decision, true)).isEqualTo(alone || decision == Decision.PARTIAL);
    }

    private static List<Verdict> verdicts(State last) {
        return List.of(
                verdict(UTILISATION, State.PASS),
                verdict(EFFICIENCY, State.PASS),
                verdict(POWER_LIMIT, State.PASS),
                verdict(POWER, last));
    }

    private static List<Verdict> twice(List<Verdict> verdicts) {
        return List.of(verdicts.get(0), verdicts.get(1), verdicts.get(2), verdicts.get(3), verdicts.get(3));
    }

    private static List<String> twiceKeys() {
        return List.of(KEYS.get(0), KEYS.get(1), KEYS.get(2), KEYS.get(3), KEYS.get(3));
    }

    private static Verdict verdict(Criterion criterion, State state) {
        return Finding.without(state, "words", new Coverage(1, 1, "GPUs"), List.of())
                .answer(Fleet.cuda(2, 8).question(criterion));
    }
}
