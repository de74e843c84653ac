package dev.assay.device.cuda;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** What lies between one GPU and another of its host, in NVML's and the driver's words. */
final class PeerPath {
    private final NvmlGpu gpu;
    private final Nvml nvml;

    PeerPath(NvmlGpu gpu) {
        this.gpu = gpu;
        nvml = gpu.nvml();
    }

    /**
     * @param peer the other's UUID
     * @param driverAccess 1 or 0, what the driver says of direct access; empty where it does not see the other
     */
    Map<String, String> conditions(String peer, OptionalInt driverAccess) {
        long[] other = new long[1];
        GpuReading<Long> handle = gpu.answer(
                        "nvmlDeviceGetHandleByUUID", nvml.nvmlDeviceGetHandleByUUID(peer, other), 0L)
                .map(none -> other[0]);
        GpuReading<Integer> nvlink = handle.flatMap(it -> status(it, Nvml.NVML_P2P_CAPS_INDEX_NVLINK));
        GpuReading<Integer> read = handle.flatMap(it -> status(it, Nvml.NVML_P2P_CAPS_INDEX_READ));
        GpuReading<Integer> write = handle.flatMap(it -> status(it, Nvml.NVML_P2P_CAPS_INDEX_WRITE));
        String driver = driverAccess.isEmpty()
                ? "the driver does not show the other GPU here"
                : "direct access " + (driverAccess.getAsInt() == 1 ? "possible" : "refused") + " by the driver";
        Map<String, String> conditions = new LinkedHashMap<>();
        conditions.put("via", via(nvlink, read, driverAccess));
        conditions.put(
                "p2p", "read " + words(read) + ", write " + words(write) + ", nvlink " + words(nvlink) + "; " + driver);
        conditions.put("links", links());
        return conditions;
    }

    /** Direct access that the driver refuses goes through the host, whatever the links could. */
    static String via(GpuReading<Integer> nvlink, GpuReading<Integer> read, OptionalInt driverAccess) {
        if (driverAccess.isPresent() && driverAccess.getAsInt() == 0) {
            return "host";
        }
        return nvlink.fold(
                status -> status == Nvml.NVML_P2P_STATUS_OK
                        ? "nvlink"
                        : read.fold(
                                direct -> direct == Nvml.NVML_P2P_STATUS_OK ? "pcie" : "host",
                                reason -> "not told: " + reason),
                reason -> "not told: " + reason);
    }

    private GpuReading<Integer> status(long other, int capability) {
        return gpu.integer(
                "nvmlDeviceGetP2PStatus", out -> nvml.nvmlDeviceGetP2PStatus(gpu.device(), other, capability, out));
    }

    private static String words(GpuReading<Integer> status) {
        return status.map(PeerPath::words).text();
    }

    /** {@code nvmlGpuP2PStatus_t}. */
    private static String words(int status) {
        return switch (status) {
            case 0 -> "ok";
            case 1 -> "not supported by the chipset";
            case 2 -> "not supported by the GPU";
            case 3 -> "not supported by the topology";
            case 4 -> "disabled by a registry key";
            case 5 -> "not supported";
            default -> "unknown (" + status + ")";
        };
    }

    /** E.g. {@code 18 of 18 NVLinks up}. */
    private String links() {
        int up = 0;
        int told = 0;
        String refusal = "";
        for (int link = 0; link < Nvml.NVML_NVLINK_MAX_LINKS; link++) {
            int number = link;
            GpuReading<Integer> active = gpu.integer(
                    "nvmlDeviceGetNvLinkState", out -> nvml.nvmlDeviceGetNvLinkState(gpu.device(), number, out));
            told += active.fold(state -> 1, reason -> 0);
            up += active.fold(state -> state == 1 ? 1 : 0, reason -> 0);
            refusal = active.fold(state -> "", reason -> reason);
        }
        return told == 0 ? refusal : up + " of " + told + " NVLinks up";
    }
}
