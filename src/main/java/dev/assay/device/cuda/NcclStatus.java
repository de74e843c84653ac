package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.device.OutOfMemoryException;
import java.util.Objects;

/** Turns NCCL's numbers into words. */
final class NcclStatus {
    /** As the CUDA runtime words it, in NCCL's {@code Cuda failure 2 'out of memory'}. */
    private static final String OUT_OF_MEMORY = "out of memory";

    private NcclStatus() {}

    /**
     * @param comm 0 before there is one
     * @param call what was being done and on what
     */
    static void check(Nccl nccl, int status, long comm, String call) {
        if (status == Nccl.NCCL_SUCCESS) {
            return;
        }
        String words = words(nccl, status, comm, call);
        throw words.contains(OUT_OF_MEMORY) ? new OutOfMemoryException(words + room()) : new DeviceException(words);
    }

    /** What NCCL allocated meanwhile nobody knows but NCCL; what it left, the driver tells. */
    private static String room() {
        return "; beside the workload's own memory NCCL takes buffers for each of its channels and peers (NCCL_BUFFSIZE); "
                + Cuda.memoryLeft();
    }

    /** Of a status that is none of success. */
    static String words(Nccl nccl, int status, long comm, String call) {
        String last = Objects.requireNonNullElse(nccl.ncclGetLastError(comm), "");
        return call + ": NCCL answered " + nccl.ncclGetErrorString(status) + " (" + status + "), "
                + (last.isBlank() ? "without a last error" : "last error: " + last.strip())
                + "; NCCL_DEBUG=INFO in the cluster file's environment makes it tell more";
    }

    /** Decodes {@code ncclGetVersion}: 2804 is 2.8.4, since 2.9 21805 is 2.18.5. */
    static String version(int code) {
        int perMajor = code < 10_000 ? 1000 : 10_000;
        return code / perMajor + "." + code % perMajor / 100 + "." + code % 100;
    }
}
