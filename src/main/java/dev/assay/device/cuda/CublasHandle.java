package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import dev.assay.measurement.Library;
import java.util.List;
import java.util.Optional;

/** cuBLASLt on the current context: library, handle, every status checked. */
final class CublasHandle implements AutoCloseable {
    private static final List<String> SONAMES = List.of("libcublasLt.so.13", "libcublasLt.so.12");

    private static Optional<LoadedLibrary> loaded = Optional.empty();

    private final LoadedLibrary library;
    private final long handle;
    private boolean closed;

    private CublasHandle(LoadedLibrary library) {
        this.library = library;
        long[] created = new long[1];
        check(CublasLt.cublasLtCreate(created), "cublasLtCreate");
        handle = created[0];
    }

    static CublasHandle create(List<String> directories) {
        return new CublasHandle(load(directories));
    }

    /** Loads once a process; the directories of the first call count. */
    static synchronized LoadedLibrary load(List<String> directories) {
        if (loaded.isEmpty()) {
            LoadedLibrary library = Libraries.find("cuBLASLt", SONAMES, directories);
            CublasLt.register(library.library());
            loaded = Optional.of(library);
        }
        return loaded.orElseThrow();
    }

    long handle() {
        return handle;
    }

    /** As the library numbers itself: {@code 130101} was {@code 13.1.1}, {@code 120805} is {@code 12.8.5}. */
    static String version() {
        long number = CublasLt.cublasLtGetVersion();
        return number / 10_000 + "." + number % 10_000 / 100 + "." + number % 100;
    }

    Library toLibrary() {
        return library.toLibrary("cuBLASLt", version());
    }

    static void check(int status, String call) {
        if (status != CublasLt.CUBLAS_STATUS_SUCCESS) {
            throw new DeviceException(describe(status, call));
        }
    }

    static String describe(int status, String call) {
        return call + ": " + Cuda.string(CublasLt.cublasLtGetStatusName(status)) + " (" + status + "): "
                + Cuda.string(CublasLt.cublasLtGetStatusString(status));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            check(CublasLt.cublasLtDestroy(handle), "cublasLtDestroy");
        }
    }
}
