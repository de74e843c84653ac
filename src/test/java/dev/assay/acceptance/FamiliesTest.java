package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.workload.Workload;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tags are how families are selected: by Failsafe here, by the plan there. */
class FamiliesTest {
    @Test
    void theSummaryBelongsToEveryFamily() {
        assertThat(Arrays.stream(SummaryIT.class.getAnnotationsByType(Tag.class))
                        .map(Tag::value))
                .containsAll(Workload.KEYS);
    }
}
