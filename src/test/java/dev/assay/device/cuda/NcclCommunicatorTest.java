package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.OutOfMemoryException;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NcclCommunicatorTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] ID = new byte[128];
    private static final Handled STREAM = new Handled() {
        @Override
        public long handle() {
            return 88;
        }

        @Override
        public void record(Event event) {}

        @Override
        public void await(Event event) {}

        @Override
        public void synchronize(Duration deadline) {}

        @Override
        public void close() {}
    };

    private final FakeNccl nccl = new FakeNccl();

    @Test
    void anIdHas128Bytes() {
        assertThat(NcclCommunicator.newId(nccl)).hasSize(128).containsOnly(0x5a);
    }

    @Test
    void joinsWithIdRankAndRanks() {
        byte[] id = new byte[128];
        id[127] = 42;

        NcclCommunicator communicator = NcclCommunicator.join(nccl, id, 3, 8, LIMIT);

        assertThat(communicator.rank()).isEqualTo(3);
        assertThat(communicator.ranks()).isEqualTo(8);
        assertThat(nccl.calls).containsExactly("ncclCommInitRank 3 of 8 with 42");
    }

    @Test
    void aRankOutsideIsRefusedBeforeNcclHears() {
        assertThatThrownBy(() -> NcclCommunicator.join(nccl, ID, 8, 8, LIMIT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rank 8 of 8");
        assertThat(nccl.calls).isEmpty();
    }

    @Test
    void ncclsWantOfMemoryIsToldAsSuchWithWhatIsLeft() {
        nccl.status = 1;
        nccl.lastError = "Cuda failure 2 'out of memory'";

        assertThatThrownBy(() -> NcclCommunicator.join(nccl, ID, 1, 2, LIMIT))
                .isInstanceOf(OutOfMemoryException.class)
                .hasMessageContaining("ncclCommInitRank of rank 1 of 2")
                .hasMessageContaining("out of memory")
                .hasMessageContaining("NCCL_BUFFSIZE")
                .hasMessageContaining("free");
    }

    @Test
    void aFailedJoinSaysWhoAndWhy() {
        nccl.status = 2;
        nccl.lastError = "socketPollConnect: connection refused\n";

        assertThatThrownBy(() -> NcclCommunicator.join(nccl, ID, 1, 2, LIMIT))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("ncclCommInitRank of rank 1 of 2")
                .hasMessageContaining("unhandled system error (2)")
                .hasMessageContaining("socketPollConnect: connection refused;")
                .hasMessageContaining("NCCL_DEBUG=INFO");
    }

    @Test
    void healthyWhileACollectiveIsInProgress() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);

        assertThatCode(communicator::checkHealthy).doesNotThrowAnyException();
        nccl.asyncError = 7;
        assertThatCode(communicator::checkHealthy).doesNotThrowAnyException();
    }

    @Test
    void aHealthyCommunicatorIsDestroyedOnce() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);

        communicator.close();
        communicator.close();

        assertThat(nccl.calls).filteredOn(call -> call.startsWith("ncclComm")).hasSize(2);
        assertThat(nccl.calls).last().isEqualTo("ncclCommDestroy " + FakeNccl.COMM);
        assertThatThrownBy(communicator::checkHealthy).hasMessageContaining("must be open");
    }

    @Test
    void anAsynchronousErrorIsToldAndTheCommunicatorAborted() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);
        nccl.asyncError = 6;
        nccl.lastError = "NET/IB : Got completion with error 12";

        assertThatThrownBy(communicator::checkHealthy)
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("rank 0 of 2")
                .hasMessageContaining("remote process exited or there was a network error (6)")
                .hasMessageContaining("completion with error 12");
        communicator.close();

        assertThat(nccl.calls).last().isEqualTo("ncclCommAbort " + FakeNccl.COMM);
    }

    @Test
    void whatNcclHasNoticedIsToldToAWatchdog() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);

        assertThat(communicator.trouble()).isEmpty();
        nccl.asyncError = 7;
        assertThat(communicator.trouble()).as("in progress").isEmpty();
        nccl.asyncError = 6;
        nccl.lastError = "NET/IB : Got completion with error 12";
        assertThat(communicator.trouble())
                .hasValueSatisfying(words -> assertThat(words)
                        .contains("a collective in flight on rank 0 of 2")
                        .contains("remote process exited or there was a network error (6)")
                        .contains("completion with error 12"));
        communicator.close();
        int calls = nccl.calls.size();
        assertThat(communicator.trouble())
                .as("of a communicator that is gone nobody asks")
                .isEmpty();
        assertThat(nccl.calls).hasSize(calls);
    }

    @Test
    void anAbortIsTheEnd() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);

        communicator.abort();
        communicator.abort();
        communicator.close();

        assertThat(nccl.calls).filteredOn(call -> call.startsWith("ncclComm")).hasSize(2);
        assertThat(nccl.calls).last().isEqualTo("ncclCommAbort " + FakeNccl.COMM);
    }

    @Test
    void anAbortThatHangsIsLeftBehind() {
        CountDownLatch never = new CountDownLatch(1);
        FakeNccl hanging = new FakeNccl() {
            @Override
            int ncclCommAbort(long comm) {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return 0;
            }
        };
        NcclCommunicator communicator = NcclCommunicator.join(hanging, ID, 0, 2, Duration.ofMillis(20));
        hanging.asyncError = 6;
        assertThatThrownBy(communicator::checkHealthy).isInstanceOf(DeviceException.class);

        assertThatThrownBy(communicator::close)
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("did not come back within 20 ms");
        never.countDown();
    }

    @Test
    void aFailedAbortIsTold() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);
        nccl.asyncError = 6;
        assertThatThrownBy(communicator::checkHealthy).isInstanceOf(DeviceException.class);
        nccl.status = 2;

        assertThatThrownBy(communicator::close)
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("ncclCommAbort on rank 0 of 2: NCCL answered unhandled system error (2)");
    }

    @Test
    void anAllReduceMustFitItsBuffers() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 2, LIMIT);

        assertThatThrownBy(() -> communicator.checkFits(9, 18, 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9 bf16 elements, send 18 bytes, receive 16 bytes");
        assertThatThrownBy(() -> communicator.checkFits(0, 18, 16)).isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> communicator.checkFits(8, 18, 16)).doesNotThrowAnyException();
    }

    @Test
    void whatTrainingSendsIsNcclsByItsOwnNumbers() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 1, 4, LIMIT);
        nccl.calls.clear();

        communicator.together(() -> {
            communicator.allReduce(at(1000, 24), ElementType.FP32, 6, STREAM);
            communicator.reduce(at(1000, 24), ElementType.BF16, 12, 3, STREAM);
        });
        communicator.allGather(at(1008, 8), at(1000, 32), ElementType.BF16, 4, STREAM);
        communicator.reduceScatter(at(1000, 32), at(1008, 8), ElementType.FP32, 2, STREAM);

        assertThat(nccl.calls)
                .containsExactly(
                        "ncclGroupStart",
                        "ncclAllReduce 1000>1000 6 type 7 op 0 on 88",
                        "ncclReduce 1000>1000 12 type 9 op 0 root 3 on 88",
                        "ncclGroupEnd",
                        "ncclAllGather 1008>1000 4 type 9 on 88",
                        "ncclReduceScatter 1000>1008 2 type 7 op 0 on 88");
    }

    @Test
    void whatTrainingSendsMustFit() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 4, LIMIT);
        nccl.calls.clear();

        assertThatThrownBy(() -> communicator.allReduce(at(0, 24), ElementType.BF16, 13, STREAM))
                .hasMessageContaining("all-reduce on rank 0 of 4")
                .hasMessageContaining("13 elements of BF16 and 24 bytes");
        assertThatThrownBy(() -> communicator.allGather(at(0, 8), at(0, 31), ElementType.BF16, 4, STREAM))
                .hasMessageContaining("16 elements of BF16 and 31 bytes");
        assertThatThrownBy(() -> communicator.reduceScatter(at(0, 32), at(0, 7), ElementType.BF16, 4, STREAM))
                .hasMessageContaining("4 elements of BF16 and 7 bytes");
        assertThatThrownBy(() -> communicator.reduce(at(0, 8), ElementType.BF16, 4, 4, STREAM))
                .hasMessageContaining("below 4, got 4");
        assertThatThrownBy(() -> communicator.allReduce(at(0, 8), ElementType.INT8, 4, STREAM))
                .hasMessageContaining("bf16 or fp32, got INT8");
        assertThat(nccl.calls).isEmpty();
    }

    @Test
    void aRefusedCallEndsItsGroup() {
        NcclCommunicator communicator = NcclCommunicator.join(nccl, ID, 0, 4, LIMIT);

        assertThatThrownBy(() -> communicator.together(() -> {
                    throw new DeviceException("refused");
                }))
                .hasMessageContaining("refused");

        assertThat(nccl.calls).endsWith("ncclGroupStart", "ncclGroupEnd");
    }

    private static DeviceMemory at(long address, long bytes) {
        return new HostBytes(address, bytes);
    }

    @Test
    void versionsAreDecoded() {
        assertThat(NcclStatus.version(2804)).isEqualTo("2.8.4");
        assertThat(NcclStatus.version(20906)).isEqualTo("2.9.6");
        assertThat(NcclStatus.version(21805)).isEqualTo("2.18.5");
        assertThat(NcclStatus.version(22809)).isEqualTo("2.28.9");
    }
}
