package dev.assay.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.qameta.allure.listener.TestLifecycleListener;
import io.qameta.allure.model.Parameter;
import io.qameta.allure.model.TestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class HistoryIdsTest {
    @Test
    void aRowKeepsItsHistoryWhereverItStands() {
        TestResult second = row("2 nodes", number(2), parameter("nodes", "2"), parameter("size", "1 MiB"));
        TestResult first = row("2 nodes", number(1), parameter("size", "1 MiB"), parameter("nodes", "2"));

        assertThat(HistoryIds.of(first)).isEqualTo(HistoryIds.of(second));
    }

    @Test
    void rowsInTheSamePlaceOfOtherTablesDiffer() {
        TestResult oneNode = row("1 node", number(1), parameter("nodes", "1"));
        TestResult twoNodes = row("2 nodes", number(1), parameter("nodes", "2"));

        assertThat(HistoryIds.of(oneNode)).isNotEqualTo(HistoryIds.of(twoNodes));
    }

    @Test
    void whatDiffersBetweenRunsCanBeExcluded() {
        TestResult monday =
                row("2 nodes", parameter("nodes", "2"), parameter("job", "17").setExcluded(true));
        TestResult tuesday =
                row("2 nodes", parameter("nodes", "2"), parameter("job", "18").setExcluded(true));

        assertThat(HistoryIds.of(monday)).isEqualTo(HistoryIds.of(tuesday));
    }

    @Test
    void withoutParametersTheNameTellsRowsApart() {
        assertThat(HistoryIds.of(row("1 node", number(1)))).isNotEqualTo(HistoryIds.of(row("2 nodes", number(1))));
    }

    @Test
    void allureFindsTheListenerAndItReplacesTheId() {
        List<TestLifecycleListener> found = new ArrayList<>();
        ServiceLoader.load(TestLifecycleListener.class).forEach(found::add);
        TestResult result = row("1 node", parameter("nodes", "1")).setHistoryId("by row number");

        found.forEach(listener -> listener.beforeTestWrite(result));

        assertThat(result.getHistoryId()).isEqualTo(HistoryIds.of(result));
    }

    private static TestResult row(String name, Parameter... parameters) {
        return new TestResult()
                .setFullName("dev.assay.acceptance.ScalingIT.row")
                .setName(name)
                .setParameters(new ArrayList<>(List.of(parameters)));
    }

    private static Parameter parameter(String name, String value) {
        return new Parameter().setName(name).setValue(value);
    }

    private static Parameter number(int row) {
        return parameter("UniqueId", "[test-template-invocation:#" + row + "]").setMode(Parameter.Mode.HIDDEN);
    }
}
