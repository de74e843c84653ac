package dev.assay.acceptance;

import dev.assay.plan.Row;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every GPU's link to its host: pinned copies to it, from it and both at once, alone and all of a node together. */
@Tag("host-link")
@Order(20)
@DisplayName("Links to the host")
class HostLinkIT {
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("rows")
    @DisplayName("Criterion:")
    void meets(Row row) {
        Acceptance.judge("Links to the host", row);
    }

    static Stream<Named<Row>> rows() {
        return Acceptance.rows("host-link");
    }
}
