package dev.assay.device.cuda;

import dev.assay.device.DeviceException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A GPU's primary context, and what the driver tells about the GPU.
 *
 * @param device the driver's number of it
 * @param uuid as NVML writes it: {@code GPU-xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}
 */
record PrimaryContext(
        LoadedLibrary driver,
        int device,
        long handle,
        String name,
        String uuid,
        int multiprocessors,
        int computeCapabilityMajor,
        int computeCapabilityMinor)
        implements AutoCloseable {

    static PrimaryContext retain(int ordinal, List<String> directories) {
        LoadedLibrary driver = Cuda.load(directories);
        int device = device(ordinal);
        long[] handle = new long[1];
        Cuda.check(CudaDriver.cuDevicePrimaryCtxRetain(handle, device), "cuDevicePrimaryCtxRetain");
        PrimaryContext context = new PrimaryContext(
                driver,
                device,
                handle[0],
                name(device),
                uuid(device),
                Cuda.attribute(device, CudaDriver.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                Cuda.attribute(device, CudaDriver.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                Cuda.attribute(device, CudaDriver.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR));
        context.makeCurrent();
        return context;
    }

    static int device(int ordinal) {
        int count = Cuda.deviceCount();
        if (ordinal < 0 || ordinal >= count) {
            String visible = Optional.ofNullable(System.getenv("CUDA_VISIBLE_DEVICES"))
                    .map(value -> "CUDA_VISIBLE_DEVICES=" + value)
                    .orElse("CUDA_VISIBLE_DEVICES is not set");
            throw new DeviceException("opening GPU " + ordinal + ": the driver shows this process " + count + " GPUs, "
                    + visible + "; does the cluster file say more GPUs a node than the job got?");
        }
        int[] device = new int[1];
        Cuda.check(CudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet");
        return device[0];
    }

    private static String name(int device) {
        byte[] name = new byte[256];
        Cuda.check(CudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        return NativeStrings.decode(name);
    }

    private static String uuid(int device) {
        byte[] uuid = new byte[16];
        Cuda.check(CudaDriver.cuDeviceGetUuid_v2(uuid, device), "cuDeviceGetUuid_v2");
        return uuidText(uuid);
    }

    /** E.g. {@code 0000:1B:00.0}. */
    String pciBusId() {
        byte[] id = new byte[32];
        Cuda.check(CudaDriver.cuDeviceGetPCIBusId(id, id.length, device), "cuDeviceGetPCIBusId");
        return NativeStrings.decode(id);
    }

    /** The ordinal of a GPU; empty where this process does not see it. */
    static OptionalInt visible(String uuid) {
        return IntStream.range(0, Cuda.deviceCount())
                .filter(ordinal -> uuid(device(ordinal)).equals(uuid))
                .findFirst();
    }

    static String uuidText(byte[] uuid) {
        HexFormat hex = HexFormat.of();
        return "GPU-" + hex.formatHex(uuid, 0, 4) + "-" + hex.formatHex(uuid, 4, 6) + "-" + hex.formatHex(uuid, 6, 8)
                + "-" + hex.formatHex(uuid, 8, 10) + "-" + hex.formatHex(uuid, 10, 16);
    }

    /** For the calling thread. */
    void makeCurrent() {
        Cuda.check(CudaDriver.cuCtxSetCurrent(handle), "cuCtxSetCurrent");
    }

    String computeCapability() {
        return computeCapabilityMajor + "." + computeCapabilityMinor;
    }

    /** E.g. {@code sm_90}. */
    String architecture() {
        return "sm_" + computeCapabilityMajor + computeCapabilityMinor;
    }

    /** For messages. */
    String describe() {
        return name + " " + uuid;
    }

    @Override
    public void close() {
        Cuda.check(CudaDriver.cuDevicePrimaryCtxRelease_v2(device), "cuDevicePrimaryCtxRelease_v2");
    }
}
