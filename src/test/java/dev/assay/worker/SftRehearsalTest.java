package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Check;
import java.util.List;
import org.junit.jupiter.api.Test;

class SftRehearsalTest {
    @Test
    void theNormIsTheRanksOwnPartsTogether() {
        assertThat(SftRehearsal.norm(5, List.of(9.0, 16.0)).wrong()).isZero();
        assertThat(SftRehearsal.norm(5.000001, List.of(9.0, 16.0)).wrong())
                .as("fp32's rounding")
                .isZero();
        assertThat(SftRehearsal.norm(5.00001, List.of(9.0, 16.0)).wrong()).isEqualTo(1);
    }

    @Test
    void aNormOfOneRankAloneIsFound() {
        assertThat(SftRehearsal.norm(4, List.of(9.0, 16.0)).wrong()).isEqualTo(1);
        assertThat(SftRehearsal.norm(Double.NaN, List.of(9.0, 16.0)).wrong()).isEqualTo(1);
        assertThat(SftRehearsal.norm(0, List.of(0.0, 0.0)).wrong())
                .as("of nothing")
                .isEqualTo(1);
    }

    @Test
    void everyModuleIsComparedInBothPasses() {
        Check right = SftRehearsal.weights(List.of(List.of(1L, 2L, 1L, 2L), List.of(1L, 2L, 1L, 2L)));
        Check wrong = SftRehearsal.weights(List.of(List.of(1L, 2L, 1L, 2L), List.of(1L, 2L, 1L, 3L)));

        assertThat(right.checked()).isEqualTo(8);
        assertThat(right.wrong()).isZero();
        assertThat(wrong.wrong()).isEqualTo(1);
        assertThat(wrong.detail()).endsWith("first rank 1 of the communicator, module 1 in backward");
    }
}
