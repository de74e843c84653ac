package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NcclCommunicatorTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final byte[] ID = new byte[128];

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
    void versionsAreDecoded() {
        assertThat(NcclStatus.version(2804)).isEqualTo("2.8.4");
        assertThat(NcclStatus.version(20906)).isEqualTo("2.9.6");
        assertThat(NcclStatus.version(21805)).isEqualTo("2.18.5");
        assertThat(NcclStatus.version(22809)).isEqualTo("2.28.9");
    }
}
