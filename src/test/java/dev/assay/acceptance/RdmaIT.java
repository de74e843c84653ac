package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every NIC with its like on every other node, by perftest. */
@Tag("rdma")
@Order(36)
@DisplayName("RDMA between NICs")
class RdmaIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("RDMA between NICs", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("rdma");
    }
}
