package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every ordered pair of the GPUs of a node: copies by copy engine and SMs, one way and both, latency. */
@Tag("peer")
@Order(25)
@DisplayName("Links between GPUs")
class PeerIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Links between GPUs", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("peer");
    }
}
