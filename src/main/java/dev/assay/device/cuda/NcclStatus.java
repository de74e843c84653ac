package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import java.util.Objects;

/** Turns NCCL's numbers into words. */
final class NcclStatus {
    private NcclStatus() {}

    /**
     * @param comm 0 before there is one
     * @param call what was being done and on what
     */
    static void check(Nccl nccl, int status, long comm, String call) {
        if (status == Nccl.NCCL_SUCCESS) {
            return;
        }
        throw new DeviceException(words(nccl, status, comm, call));
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
