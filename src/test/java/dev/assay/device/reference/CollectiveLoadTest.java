package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CollectiveLoadTest {
    private static final long ELEMENTS = 1000;
    private static final long SEED = 20261123;

    private final ReferenceDevice device = new ReferenceDevice("node", 0);

    @ParameterizedTest
    @EnumSource(CollectiveType.class)
    void theInputOfOneRankIsNotThatOfAnotherNorOfAnotherPlace(CollectiveType type) {
        CollectiveCase what = what(CollectiveOperation.BROADCAST, type);

        assertThat(wrong(what, piece(OptionalInt.of(1), 0))).isZero();
        assertThat(wrong(what, piece(OptionalInt.of(0), 0))).isGreaterThan(990);
        assertThat(wrong(what, piece(OptionalInt.of(1), 1))).isGreaterThan(990);
    }

    @ParameterizedTest
    @EnumSource(CollectiveType.class)
    void oneRanksInputIsNoSum(CollectiveType type) {
        assertThat(wrong(what(CollectiveOperation.ALL_REDUCE, type), piece(OptionalInt.empty(), 0)))
                .isGreaterThan(900);
    }

    @ParameterizedTest
    @EnumSource(CollectiveType.class)
    void whatNobodyWroteIsWrong(CollectiveType type) {
        CollectiveCase what = what(CollectiveOperation.ALL_REDUCE, type);
        DeviceMemory memory = device.allocate(ELEMENTS * type.bytes());
        try (Stream stream = device.newStream()) {
            device.poison(memory, stream);

            long wrong =
                    device.collectiveLoad().countWrong(memory, piece(OptionalInt.empty(), 0), what, SEED, 2, stream);

            assertThat(wrong).isGreaterThan(990);
        }
    }

    @Test
    void oneFlippedBitIsOneWrongElement() {
        CollectiveCase what = what(CollectiveOperation.SCATTER, CollectiveType.HALF);
        DeviceMemory memory = device.allocate(2 * ELEMENTS);
        try (Stream stream = device.newStream()) {
            device.collectiveLoad().fill(memory, ELEMENTS, what, SEED, 1, 2, stream);
            stream.synchronize(Duration.ofSeconds(10));
            byte[] bytes = memory.read();
            bytes[1999] ^= 1;
            memory.write(bytes);

            long wrong = device.collectiveLoad().countWrong(memory, piece(OptionalInt.of(1), 0), what, SEED, 2, stream);

            assertThat(wrong).isEqualTo(1);
        }
    }

    /** Against the input of rank 1 of 2. */
    private long wrong(CollectiveCase what, CollectivePiece piece) {
        DeviceMemory memory = device.allocate(ELEMENTS * what.type().bytes());
        try (Stream stream = device.newStream()) {
            device.collectiveLoad().fill(memory, ELEMENTS, what, SEED, 1, 2, stream);
            return device.collectiveLoad().countWrong(memory, piece, what, SEED, 2, stream);
        }
    }

    private static CollectivePiece piece(OptionalInt from, long index) {
        return new CollectivePiece(0, ELEMENTS, from, index);
    }

    private static CollectiveCase what(CollectiveOperation operation, CollectiveType type) {
        return new CollectiveCase(operation, 4000, type, Reduction.SUM, false, false, 1, 1, 1);
    }
}
