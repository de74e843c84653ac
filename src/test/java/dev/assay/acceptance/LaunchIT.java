package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The host that drives a GPU, by JMH: calls into C, launches, events, small GEMMs, and its own memory. */
@Tag("launch")
@Order(22)
@DisplayName("Host side")
class LaunchIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Host side", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("launch");
    }
}
