package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pair of nodes: what their GPUs give each other, and whom the slow pairs have in common. */
@Tag("node-pair")
@Order(35)
@DisplayName("Pairs of nodes")
class NodePairIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Pairs of nodes", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("node-pair");
    }
}
