package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RankEnvironmentTest {
    private static final Map<String, String> WHOLE = Map.of(
            "ASSAY_SPEC", "/run/launch/spec.json",
            "ASSAY_RANK", "9",
            "ASSAY_LOCAL_RANK", "1",
            "ASSAY_NODE", "node002",
            "ASSAY_SECRET_FILE", "/run/secret",
            "ASSAY_CANARY", "/run/canary");

    @Test
    void theDeviceIsTheLocalRankUnlessTheLauncherSaysOtherwise() {
        Map<String, String> mapped = new HashMap<>(WHOLE);
        mapped.put("ASSAY_GPU", "5");

        assertThat(RankEnvironment.fromEnvironment(WHOLE).gpu()).isEqualTo(1);
        assertThat(RankEnvironment.fromEnvironment(mapped).gpu()).isEqualTo(5);
        assertThat(RankEnvironment.fromEnvironment(WHOLE).result()).hasToString("/run/launch/rank-9.ndjson");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ASSAY_SPEC", "ASSAY_RANK", "ASSAY_LOCAL_RANK", "ASSAY_NODE", "ASSAY_SECRET_FILE", "ASSAY_CANARY"
            })
    void aMissingVariableIsNamed(String name) {
        Map<String, String> lacking = new HashMap<>(WHOLE);
        lacking.remove(name);

        assertThatThrownBy(() -> RankEnvironment.fromEnvironment(lacking))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({"ASSAY_RANK, -1", "ASSAY_RANK, two", "ASSAY_LOCAL_RANK, 1.5", "ASSAY_RANK, 99999999999"})
    void aRankMustBeAWholeNumber(String name, String value) {
        Map<String, String> wrong = new HashMap<>(WHOLE);
        wrong.put(name, value);

        assertThatThrownBy(() -> RankEnvironment.fromEnvironment(wrong))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value);
    }
}
