package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The fabric between nodes under patterns that rings and rails never load, and under each way NCCL may connect. */
@Tag("fabric")
@Order(34)
@DisplayName("Fabric")
class FabricIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Fabric", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("fabric");
    }
}
