package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Replay;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of collectives against their Java oracle, and NCCL's calls over one rank, plain and as a graph, on GPU 0. */
class CudaCollectiveTest extends GpuTest {
    private static final int ELEMENTS = 10_007;
    private static final int RANKS = 3;

    @ParameterizedTest
    @EnumSource(CollectiveType.class)
    void inputsHaveTheBitsOfTheOracle(CollectiveType type) {
        for (CollectiveOperation operation :
                new CollectiveOperation[] {CollectiveOperation.ALL_REDUCE, CollectiveOperation.ALL_GATHER}) {
            CollectiveCase what = what(operation, type, Reduction.SUM, false);

            assertThat(filled(device, stream, what)).isEqualTo(filledByOracle(what));
        }
    }

    /** Sums and maxima that the oracle's reduction of three ranks made are right; with one bit flipped one is wrong. */
    @ParameterizedTest
    @EnumSource(CollectiveType.class)
    void theCheckAgreesWithTheOracle(CollectiveType type) {
        for (Reduction reduction : Reduction.values()) {
            CollectiveCase what = what(CollectiveOperation.ALL_REDUCE, type, reduction, false);
            byte[] right = CollectiveOracle.reduced(what, ELEMENTS, seed, RANKS);
            try (DeviceMemory memory = device.allocate(right.length)) {
                memory.write(right);
                assertThat(wrong(memory, what)).isZero();
                right[right.length - 1] ^= 0x10;
                memory.write(right);
                assertThat(wrong(memory, what)).isEqualTo(1);
                device.poison(memory, stream);
                assertThat(wrong(memory, what)).isGreaterThan(ELEMENTS / 2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(CollectiveOperation.class)
    void oneRankGetsItsOwnInputPlainAndAsAGraph(CollectiveOperation operation) {
        for (boolean graph : new boolean[] {false, true}) {
            CollectiveCase what = what(operation, CollectiveType.FLOAT, Reduction.SUM, graph);
            long elements = what.elements(1);
            try (Communicator communicator = device.join(device.newCommunicatorId(), 0, 1);
                    DeviceMemory send = device.allocate(4 * elements);
                    DeviceMemory receive = device.allocate(4 * elements)) {
                device.collectiveLoad().fill(send, elements, what, seed, 0, 1, stream);
                device.poison(receive, stream);
                Runnable once = communicator.prepare(what, elements, send, receive, stream);
                run(once, graph, receive);

                CollectivePiece whole = operation.expected(0, 1, elements).get(0);
                assertThat(device.collectiveLoad().countWrong(receive, whole, what, seed, 1, stream))
                        .isZero();
                communicator.checkHealthy();
            }
        }
    }

    private void run(Runnable once, boolean graph, DeviceMemory receive) {
        once.run();
        stream.synchronize(DEADLINE);
        if (graph) {
            device.poison(receive, stream);
            try (Replay replay = device.capture(stream, () -> {
                once.run();
                once.run();
            })) {
                replay.enqueue();
                stream.synchronize(DEADLINE);
            }
        }
    }

    private long wrong(DeviceMemory memory, CollectiveCase what) {
        CollectivePiece all = new CollectivePiece(0, ELEMENTS, OptionalInt.empty(), 0);
        return device.collectiveLoad().countWrong(memory, all, what, seed, RANKS, stream);
    }

    private byte[] filledByOracle(CollectiveCase what) {
        ReferenceDevice oracle = new ReferenceDevice("node", 0);
        try (Stream own = oracle.newStream()) {
            return filled(oracle, own, what);
        }
    }

    private byte[] filled(Device on, Stream by, CollectiveCase what) {
        try (DeviceMemory memory = on.allocate((long) ELEMENTS * what.type().bytes())) {
            on.poison(memory, by);
            on.collectiveLoad().fill(memory, ELEMENTS, what, seed, 2, RANKS, by);
            by.synchronize(DEADLINE);
            return memory.read();
        }
    }

    private static CollectiveCase what(
            CollectiveOperation operation, CollectiveType type, Reduction reduction, boolean graph) {
        return new CollectiveCase(operation, 4096, type, reduction, false, graph, 2, 1, 1);
    }
}
