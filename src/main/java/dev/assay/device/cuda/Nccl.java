package dev.assay.device.cuda;

/**
 * The part of {@code nccl.h} that Assay calls: same names and values as the header of NCCL 2.31, and nothing else. An
 * {@code ncclComm_t} and a {@code cudaStream_t} are a {@code long}; a {@code cudaStream_t} is the driver's {@code CUstream}.
 *
 * <p>The natives are instance methods so that a test may override them; {@link #bind} registers them once per JVM.
 */
class Nccl {
    /** {@code ncclResult_t}. */
    static final int NCCL_SUCCESS = 0;

    static final int NCCL_IN_PROGRESS = 7;

    /** {@code ncclDataType_t}. */
    static final int NCCL_BFLOAT16 = 9;

    static final int NCCL_INT32 = 2;
    static final int NCCL_FLOAT16 = 6;
    static final int NCCL_FLOAT32 = 7;

    /** {@code ncclRedOp_t}. */
    static final int NCCL_SUM = 0;

    static final int NCCL_MAX = 2;

    Nccl() {}

    /** Binds the natives to a library; the first library of the JVM stays. */
    static Nccl bind(LoadedLibrary library) {
        library.bind(Nccl.class, "NCCL", "NCCL 2.13 or newer");
        return new Nccl();
    }

    native int ncclGetVersion(int[] version);

    native int ncclGetUniqueId(byte[] uniqueId);

    /** Blocks until all ranks have called; takes the device of the thread's current context. */
    native int ncclCommInitRank(long[] comm, int nranks, NcclId commId, int rank);

    native int ncclCommDestroy(long comm);

    native int ncclCommAbort(long comm);

    native String ncclGetErrorString(int result);

    /** @param comm 0 for the last error of any communicator */
    native String ncclGetLastError(long comm);

    native int ncclCommGetAsyncError(long comm, int[] asyncError);

    native int ncclAllReduce(long sendbuff, long recvbuff, long count, int datatype, int op, long comm, long stream);

    native int ncclReduce(
            long sendbuff, long recvbuff, long count, int datatype, int op, int root, long comm, long stream);

    native int ncclBroadcast(long sendbuff, long recvbuff, long count, int datatype, int root, long comm, long stream);

    native int ncclReduceScatter(
            long sendbuff, long recvbuff, long recvcount, int datatype, int op, long comm, long stream);

    native int ncclAllGather(long sendbuff, long recvbuff, long sendcount, int datatype, long comm, long stream);

    native int ncclSend(long sendbuff, long count, int datatype, int peer, long comm, long stream);

    native int ncclRecv(long recvbuff, long count, int datatype, int peer, long comm, long stream);

    native int ncclGroupStart();

    native int ncclGroupEnd();
}
