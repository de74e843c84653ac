package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every GPU's memory: capacity, bandwidth of the kernels that only move it, latency. */
@Tag("hbm")
@Order(10)
@DisplayName("Device memory")
class MemoryIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Device memory", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("hbm");
    }
}
