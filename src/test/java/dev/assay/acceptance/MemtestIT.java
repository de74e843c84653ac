package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nearly all of every GPU's free memory, pattern by pattern: how much is free, how much was tested, what was wrong. */
@Tag("memtest")
@Order(15)
@DisplayName("Memory test")
class MemtestIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Memory test", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("memtest");
    }
}
