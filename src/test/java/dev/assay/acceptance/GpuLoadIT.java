package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every GPU under full load: utilisation, sustained TFLOPS, proof of load, correctness. */
@Tag("burn")
@Order(50)
@DisplayName("GPUs under load")
class GpuLoadIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("GPUs under load", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("burn");
    }
}
