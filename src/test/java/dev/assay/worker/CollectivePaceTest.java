package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import org.junit.jupiter.api.Test;

class CollectivePaceTest {
    private static final CollectiveCase MEBIBYTE = allReduce(1 << 20);
    private static final CollectiveCase GIBIBYTE = allReduce(1 << 30);

    private final CollectivePace pace = new CollectivePace(100);

    @Test
    void beforeAnythingIsKnownThereIsTime() {
        assertThat(pace.hasTimeFor(GIBIBYTE)).isTrue();
    }

    /** 12 operations of 1 GiB: at 1 ms a MiB 12.3 s. */
    @Test
    void whatFitsIntoTheTimeThatIsLeftIsRun() {
        pace.told(MEBIBYTE, 87, 1000);

        assertThat(pace.hasTimeFor(GIBIBYTE)).isTrue();
    }

    /** 12 operations of 1 MiB: 16 times 50 µs each, not 131 072 times, which would be 79 s. */
    @Test
    void theTimeOfAFewBytesIsLatencyAndTellsLittleOfMany() {
        pace.told(allReduce(8), 90, 50);

        assertThat(pace.hasTimeFor(MEBIBYTE)).isTrue();
        assertThat(pace.hasTimeFor(allReduce(32 << 10))).isTrue();
    }

    @Test
    void whatDoesNotFitIsLeftOut() {
        pace.told(MEBIBYTE, 88, 1000);

        assertThat(pace.words(GIBIBYTE))
                .isEqualTo("88.0 s were gone and 12.3 s more expected of it, 100.0 s is the most");
        assertThat(pace.hasTimeFor(GIBIBYTE)).isFalse();
        assertThat(pace.hasTimeFor(MEBIBYTE)).isTrue();
    }

    @Test
    void anotherScopeIsJudgedAnewButTheTimeIsGone() {
        pace.told(MEBIBYTE, 88, 1000);
        pace.nextScope(88);
        assertThat(pace.hasTimeFor(GIBIBYTE)).isTrue();

        pace.told(MEBIBYTE, 101, 1);
        assertThat(pace.hasTimeFor(MEBIBYTE)).isFalse();
    }

    private static CollectiveCase allReduce(long bytes) {
        return new CollectiveCase(
                CollectiveOperation.ALL_REDUCE, bytes, CollectiveType.FLOAT, Reduction.SUM, false, false, 1, 8, 2);
    }
}
