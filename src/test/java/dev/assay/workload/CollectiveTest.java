package dev.assay.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CollectiveTest {
    @ParameterizedTest
    @CsvSource({
        "ALL_REDUCE, 1.75",
        "ALL_GATHER, 0.875",
        "REDUCE_SCATTER, 0.875",
        "ALL_TO_ALL, 0.875",
        "GATHER, 0.875",
        "SCATTER, 0.875",
        "BROADCAST, 1",
        "REDUCE, 1",
        "SEND_RECEIVE, 1"
    })
    void busBandwidthIsBytesOverTimeByTheFactor(CollectiveOperation operation, double factor) {
        CollectiveCase gibibyte = what(operation, 1L << 30, CollectiveType.FLOAT);

        assertThat(gibibyte.busGBps(8, 1e6)).isCloseTo(1.073741824 * factor, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource(CollectiveOperation.class)
    void whatIsExpectedCoversTheWholeOutputOnce(CollectiveOperation operation) {
        long elements = what(operation, 4096, CollectiveType.HALF).elements(5);

        for (int rank = 0; rank < 5; rank++) {
            long at = 0;
            for (CollectivePiece piece : operation.expected(rank, 5, elements)) {
                assertThat(piece.at()).isEqualTo(at);
                at += piece.elements();
            }
            assertThat(at)
                    .isEqualTo(
                            operation.receivesNothing(rank)
                                    ? operation.sendElements(elements, 5)
                                    : operation.receiveElements(elements, 5));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, 0, 200",
        "200, 500, 200",
        "200, 501, 100",
        "200, 5000, 100",
        "200, 5001, 20",
        "200, 25000, 20",
        "200, 25001, 0",
        "20, 5001, 20",
        "20, 25001, 0",
        "0, 10, 0"
    })
    void singleOperationsAreTimedAsOftenAsAPercentileNeedsWhereThereIsTime(int most, double microseconds, int count) {
        CollectiveCase one = what(CollectiveOperation.ALL_REDUCE, 8, CollectiveType.FLOAT);

        assertThat(new Collective(List.of(CollectiveScope.NODE), List.of(one), 0, most).iterationsOf(one, microseconds))
                .isEqualTo(count);
    }

    @Test
    void sharesAreWholeSixteenBytes() {
        assertThat(what(CollectiveOperation.ALL_GATHER, 1 << 20, CollectiveType.FLOAT)
                        .elements(3))
                .isEqualTo(3 * 87380);
        assertThat(what(CollectiveOperation.ALL_REDUCE, 1 << 20, CollectiveType.FLOAT)
                        .elements(3))
                .isEqualTo(1 << 18);
        assertThatThrownBy(() -> what(CollectiveOperation.SCATTER, 64, CollectiveType.FLOAT)
                        .elements(8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("each of 8 ranks at least 16 bytes");
    }

    @Test
    void refusesWhatCannotBeMeasured() {
        CollectiveCase one = what(CollectiveOperation.ALL_REDUCE, 8, CollectiveType.FLOAT);

        assertThatThrownBy(() -> new CollectiveCase(
                        CollectiveOperation.GATHER, 8, CollectiveType.FLOAT, Reduction.SUM, true, false, 1, 1, 1))
                .hasMessageContaining("out of place");
        assertThatThrownBy(() -> new CollectiveCase(
                        CollectiveOperation.GATHER, 8, CollectiveType.FLOAT, Reduction.SUM, false, false, 0, 1, 1))
                .hasMessageContaining("batch > 0");
        assertThatThrownBy(() -> new Collective(List.of(CollectiveScope.NODE), List.of(one, one), 0, 0))
                .hasMessageContaining("got twice all-reduce of 8 bytes");
        assertThatThrownBy(() -> new Collective(List.of(), List.of(one), 0, 0))
                .hasMessageContaining("must have scopes");
    }

    @Test
    void scopesExistWhereTwoRanksMeet() {
        assertThat(CollectiveScope.NODE.exists(8, 1)).isFalse();
        assertThat(CollectiveScope.NODE.exists(1, 2)).isTrue();
        assertThat(CollectiveScope.CLUSTER.exists(1, 8)).isFalse();
        assertThat(CollectiveScope.CLUSTER.exists(2, 1)).isTrue();
        assertThat(CollectiveScope.RAIL.exists(2, 1)).isFalse();
        assertThat(CollectiveScope.RAIL.exists(2, 2)).isTrue();
    }

    private static CollectiveCase what(CollectiveOperation operation, long bytes, CollectiveType type) {
        return new CollectiveCase(operation, bytes, type, Reduction.SUM, false, false, 1, 1, 1);
    }
}
