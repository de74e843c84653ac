package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What GPUs exchange: every collective in its scopes, bandwidth, latency, every element. */
@Tag("collective")
@Order(30)
@DisplayName("Collectives")
class CollectiveIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Collectives", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("collective");
    }
}
