package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectiveOperation;
import dev.assay.workload.CollectiveType;
import dev.assay.workload.Reduction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What NCCL is asked for, by {@code nccl.h}'s own numbers: 7 float32, 9 bfloat16, 6 float16, 2 int32; 0 sum, 2 max. */
class NcclOperationTest {
    private static final long COMM = 77;
    private static final long STREAM = 88;

    private final Recorder nccl = new Recorder();

    @Test
    void collectivesOfNcclsOwnCountShares() {
        assertThat(calls(CollectiveOperation.ALL_REDUCE, 1, CollectiveType.FLOAT))
                .containsExactly("allReduce 1000>2000 24 7 0");
        assertThat(calls(CollectiveOperation.ALL_GATHER, 1, CollectiveType.HALF))
                .containsExactly("allGather 1000>2000 8 6");
        assertThat(calls(CollectiveOperation.REDUCE_SCATTER, 1, CollectiveType.INT32))
                .containsExactly("reduceScatter 1000>2000 8 2 0");
        assertThat(calls(CollectiveOperation.BROADCAST, 1, CollectiveType.BFLOAT16))
                .containsExactly("broadcast 1000>2000 24 9 root 0");
        assertThat(calls(CollectiveOperation.REDUCE, 1, CollectiveType.FLOAT))
                .containsExactly("reduce 1000>2000 24 7 0 root 0");
    }

    @Test
    void allToAllIsAGroupOfSendsAndReceives() {
        assertThat(calls(CollectiveOperation.ALL_TO_ALL, 1, CollectiveType.FLOAT))
                .containsExactly(
                        "start",
                        "send 1000 8 7 to 0",
                        "send 1032 8 7 to 1",
                        "send 1064 8 7 to 2",
                        "recv 2000 8 7 from 0",
                        "recv 2032 8 7 from 1",
                        "recv 2064 8 7 from 2",
                        "end");
    }

    @Test
    void aRingShiftSendsToTheNextAndReceivesFromThePrevious() {
        assertThat(calls(CollectiveOperation.SEND_RECEIVE, 2, CollectiveType.FLOAT))
                .containsExactly("start", "send 1000 24 7 to 0", "recv 2000 24 7 from 1", "end");
    }

    @Test
    void onlyTheRootGathersAndScatters() {
        assertThat(calls(CollectiveOperation.GATHER, 1, CollectiveType.FLOAT))
                .containsExactly("start", "send 1000 8 7 to 0", "end");
        assertThat(calls(CollectiveOperation.GATHER, 0, CollectiveType.FLOAT))
                .hasSize(6)
                .contains("recv 2064 8 7 from 2");
        assertThat(calls(CollectiveOperation.SCATTER, 2, CollectiveType.FLOAT))
                .containsExactly("start", "recv 2000 8 7 from 0", "end");
        assertThat(calls(CollectiveOperation.SCATTER, 0, CollectiveType.FLOAT))
                .hasSize(6)
                .contains("send 1032 8 7 to 1");
    }

    @Test
    void aRefusedSendEndsTheGroupAndIsTold() {
        nccl.sendStatus = 5;

        int status = NcclOperation.of(
                        nccl, place(1), what(CollectiveOperation.ALL_TO_ALL, CollectiveType.FLOAT), 24, 8, 1000, 2000)
                .getAsInt();

        assertThat(status).isEqualTo(5);
        assertThat(nccl.calls).containsExactly("start", "send 1000 8 7 to 0", "end");
    }

    private List<String> calls(CollectiveOperation operation, int rank, CollectiveType type) {
        nccl.calls.clear();
        assertThat(NcclOperation.of(nccl, place(rank), what(operation, type), 24, 8, 1000, 2000)
                        .getAsInt())
                .isZero();
        return List.copyOf(nccl.calls);
    }

    private static NcclOperation.Place place(int rank) {
        return new NcclOperation.Place(COMM, rank, 3, STREAM);
    }

    private static CollectiveCase what(CollectiveOperation operation, CollectiveType type) {
        return new CollectiveCase(operation, 96, type, Reduction.SUM, false, false, 1, 1, 1);
    }

    private static final class Recorder extends Nccl {
        private final List<String> calls = new ArrayList<>();
        private int sendStatus;

        private int called(String call, long comm, long stream) {
            assertThat(comm).isEqualTo(COMM);
            assertThat(stream).isEqualTo(STREAM);
            calls.add(call);
            return 0;
        }

        @Override
        int ncclAllReduce(long send, long receive, long count, int type, int op, long comm, long stream) {
            return called("allReduce " + send + ">" + receive + " " + count + " " + type + " " + op, comm, stream);
        }

        @Override
        int ncclAllGather(long send, long receive, long count, int type, long comm, long stream) {
            return called("allGather " + send + ">" + receive + " " + count + " " + type, comm, stream);
        }

        @Override
        int ncclReduceScatter(long send, long receive, long count, int type, int op, long comm, long stream) {
            return called("reduceScatter " + send + ">" + receive + " " + count + " " + type + " " + op, comm, stream);
        }

        @Override
        int ncclBroadcast(long send, long receive, long count, int type, int root, long comm, long stream) {
            return called(
                    "broadcast " + send + ">" + receive + " " + count + " " + type + " root " + root, comm, stream);
        }

        @Override
        int ncclReduce(long send, long receive, long count, int type, int op, int root, long comm, long stream) {
            return called(
                    "reduce " + send + ">" + receive + " " + count + " " + type + " " + op + " root " + root,
                    comm,
                    stream);
        }

        @Override
        int ncclSend(long send, long count, int type, int peer, long comm, long stream) {
            called("send " + send + " " + count + " " + type + " to " + peer, comm, stream);
            return sendStatus;
        }

        @Override
        int ncclRecv(long receive, long count, int type, int peer, long comm, long stream) {
            return called("recv " + receive + " " + count + " " + type + " from " + peer, comm, stream);
        }

        @Override
        int ncclGroupStart() {
            calls.add("start");
            return 0;
        }

        @Override
        int ncclGroupEnd() {
            calls.add("end");
            return 0;
        }
    }
}
