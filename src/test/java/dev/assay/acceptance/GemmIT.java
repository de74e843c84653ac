package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every GPU's arithmetic: each precision, rested and at its power limit, every output checked and compared over all GPUs. */
@Tag("gemm")
@Order(45)
@DisplayName("GPU arithmetic")
class GemmIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("GPU arithmetic", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("gemm");
    }
}
