package dev.assay.device.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** NCCL of one rank, in memory: keeps what was called, answers what the test sets. */
class FakeNccl extends Nccl {
    static final long COMM = 0x5555_0000_1234L;

    final List<String> calls = new ArrayList<>();
    int status;
    int asyncError;
    String lastError = "";

    private int called(String call) {
        calls.add(call);
        return status;
    }

    @Override
    int ncclGetUniqueId(byte[] uniqueId) {
        Arrays.fill(uniqueId, (byte) 0x5a);
        return called("ncclGetUniqueId of " + uniqueId.length);
    }

    @Override
    int ncclCommInitRank(long[] comm, int nranks, NcclId commId, int rank) {
        comm[0] = COMM;
        return called("ncclCommInitRank " + rank + " of " + nranks + " with " + commId.internal[127]);
    }

    @Override
    int ncclCommDestroy(long comm) {
        return called("ncclCommDestroy " + comm);
    }

    @Override
    int ncclCommAbort(long comm) {
        return called("ncclCommAbort " + comm);
    }

    @Override
    String ncclGetErrorString(int result) {
        return switch (result) {
            case 2 -> "unhandled system error";
            case 6 -> "remote process exited or there was a network error";
            default -> "error " + result;
        };
    }

    @Override
    String ncclGetLastError(long comm) {
        return lastError;
    }

    @Override
    int ncclCommGetAsyncError(long comm, int[] error) {
        error[0] = asyncError;
        return called("ncclCommGetAsyncError " + comm);
    }

    @Override
    int ncclAllReduce(long send, long receive, long count, int type, int op, long comm, long stream) {
        return called("ncclAllReduce " + send + ">" + receive + " " + count + " type " + type + " op " + op + " on "
                + stream);
    }

    @Override
    int ncclReduce(long send, long receive, long count, int type, int op, int root, long comm, long stream) {
        return called("ncclReduce " + send + ">" + receive + " " + count + " type " + type + " op " + op + " root "
                + root + " on " + stream);
    }

    @Override
    int ncclAllGather(long send, long receive, long count, int type, long comm, long stream) {
        return called("ncclAllGather " + send + ">" + receive + " " + count + " type " + type + " on " + stream);
    }

    @Override
    int ncclReduceScatter(long send, long receive, long count, int type, int op, long comm, long stream) {
        return called("ncclReduceScatter " + send + ">" + receive + " " + count + " type " + type + " op " + op + " on "
                + stream);
    }

    @Override
    int ncclGroupStart() {
        return called("ncclGroupStart");
    }

    @Override
    int ncclGroupEnd() {
        return called("ncclGroupEnd");
    }
}
