package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Work that communicates over more and more nodes: weak scale efficiency, its sensitivity, its throughput, its sums. */
@Tag("coupled")
@Order(60)
@DisplayName("Scaling over nodes")
class ScalingIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Scaling over nodes", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("coupled");
    }
}
