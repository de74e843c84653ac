package dev.assay.device.cuda;

import com.sun.jna.Pointer;
import dev.assay.device.DeviceException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The driver library of this process: loaded once, initialised, every status checked. */
final class Cuda {
    private static final List<String> SONAMES = List.of("libcuda.so.1");
    private static Optional<LoadedLibrary> loaded = Optional.empty();

    private Cuda() {}

    /** Loads and initialises; the directories of the first call count. */
    static synchronized LoadedLibrary load(List<String> directories) {
        if (loaded.isEmpty()) {
            LoadedLibrary library = Libraries.find("the CUDA driver", SONAMES, directories);
            CudaDriver.register(library.library());
            check(CudaDriver.cuInit(0), "cuInit");
            loaded = Optional.of(library);
        }
        return loaded.orElseThrow();
    }

    /** Devices visible to this process; {@link #load} first. */
    static int deviceCount() {
        int[] count = new int[1];
        check(CudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        return count[0];
    }

    /** The newest CUDA that the driver speaks, e.g. {@code 13.0}. */
    static String driverApiVersion() {
        int[] version = new int[1];
        check(CudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion");
        return version[0] / 1000 + "." + version[0] % 1000 / 10;
    }

    static int attribute(int device, int attribute) {
        int[] value = new int[1];
        check(CudaDriver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    static void check(int status, String call) {
        if (status != CudaDriver.CUDA_SUCCESS) {
            throw new DeviceException(describe(status, call));
        }
    }

    /** E.g. {@code cuMemAlloc_v2: CUDA_ERROR_OUT_OF_MEMORY (2): out of memory}. */
    static String describe(int status, String call) {
        long[] name = new long[1];
        long[] text = new long[1];
        boolean known = CudaDriver.cuGetErrorName(status, name) == CudaDriver.CUDA_SUCCESS
                && CudaDriver.cuGetErrorString(status, text) == CudaDriver.CUDA_SUCCESS;
        return known
                ? String.format(Locale.ROOT, "%s: %s (%d): %s", call, string(name[0]), status, string(text[0]))
                : String.format(Locale.ROOT, "%s: CUDA status %d, unknown to this driver", call, status);
    }

    /** Device memory of the current context's GPU, in words; whatever holds the rest. */
    static String memoryLeft() {
        long[] free = new long[1];
        long[] total = new long[1];
        return isLoaded() && CudaDriver.cuMemGetInfo_v2(free, total) == CudaDriver.CUDA_SUCCESS
                ? String.format(Locale.ROOT, "%d of %d bytes are free", free[0], total[0])
                : "how much is free the driver does not tell";
    }

    private static synchronized boolean isLoaded() {
        return loaded.isPresent();
    }

    /** A {@code const char*} of a vendor's library. */
    static String string(long address) {
        return address == 0 ? "no text" : new Pointer(address).getString(0);
    }
}
