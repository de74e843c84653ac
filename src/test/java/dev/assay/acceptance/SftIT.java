package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training by DeepSpeed configs: utilisation, scale efficiency, MFU, memory, losses that fall, weights that agree. */
@Tag("sft")
@Order(70)
@DisplayName("Training")
class SftIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Training", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("sft");
    }
}
