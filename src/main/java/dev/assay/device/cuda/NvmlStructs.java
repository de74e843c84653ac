package dev.assay.device.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Layouts of NVML's small structs, by named offsets, from {@code nvml.h} of CUDA 13.3 (unchanged since 12.0), on a 64-bit
 * system.
 */
final class NvmlStructs {
    /** {@code nvmlPciInfo_t}: busIdLegacy[16], 5 × unsigned int, busId[32]. */
    static final int PCI_INFO_SIZE = 68;

    static final int PCI_INFO_BUS_ID = 36;
    static final int PCI_INFO_BUS_ID_SIZE = 32;

    /** {@code nvmlProcessInfo_t} (v2, of the _v3 call): pid, padding, usedGpuMemory, gpuInstanceId, computeInstanceId. */
    static final int PROCESS_INFO_SIZE = 24;

    static final int PROCESS_INFO_PID = 0;

    /** {@code nvmlFieldValue_t}: fieldId, scopeId, timestamp, latencyUsec, valueType, nvmlReturn, value. */
    static final int FIELD_VALUE_SIZE = 40;

    static final int FIELD_VALUE_FIELD_ID = 0;
    static final int FIELD_VALUE_TYPE = 24;
    static final int FIELD_VALUE_RETURN = 28;
    static final int FIELD_VALUE_VALUE = 32;

    /** {@code nvmlEventData_t}: device, eventType, eventData, gpuInstanceId, computeInstanceId. */
    static final int EVENT_DATA_SIZE = 32;

    static final int EVENT_DATA_TYPE = 8;
    static final int EVENT_DATA_DATA = 16;

    /** {@code nvmlValueType_t}. */
    private static final int NVML_VALUE_TYPE_DOUBLE = 0;

    private static final int NVML_VALUE_TYPE_UNSIGNED_INT = 1;
    private static final int NVML_VALUE_TYPE_UNSIGNED_LONG = 2;
    private static final int NVML_VALUE_TYPE_UNSIGNED_LONG_LONG = 3;
    private static final int NVML_VALUE_TYPE_SIGNED_LONG_LONG = 4;
    private static final int NVML_VALUE_TYPE_SIGNED_INT = 5;
    private static final int NVML_VALUE_TYPE_UNSIGNED_SHORT = 6;

    private NvmlStructs() {}

    static ByteBuffer view(byte[] struct) {
        return ByteBuffer.wrap(struct).order(ByteOrder.nativeOrder());
    }

    /** A zero-terminated string in a buffer of its own. */
    static String text(byte[] buffer) {
        return text(buffer, 0, buffer.length);
    }

    static String busId(byte[] pciInfo) {
        return text(pciInfo, PCI_INFO_BUS_ID, PCI_INFO_BUS_ID_SIZE);
    }

    static int[] pids(byte[] infos, int count) {
        ByteBuffer view = view(infos);
        return IntStream.range(0, count)
                .map(i -> view.getInt(i * PROCESS_INFO_SIZE + PROCESS_INFO_PID))
                .toArray();
    }

    static byte[] fieldRequest(int fieldId) {
        byte[] struct = new byte[FIELD_VALUE_SIZE];
        view(struct).putInt(FIELD_VALUE_FIELD_ID, fieldId);
        return struct;
    }

    static int fieldStatus(byte[] fieldValue) {
        return view(fieldValue).getInt(FIELD_VALUE_RETURN);
    }

    static GpuReading<Double> fieldValue(byte[] fieldValue) {
        ByteBuffer view = view(fieldValue);
        int type = view.getInt(FIELD_VALUE_TYPE);
        return switch (type) {
            case NVML_VALUE_TYPE_DOUBLE -> GpuReading.of(view.getDouble(FIELD_VALUE_VALUE));
            case NVML_VALUE_TYPE_UNSIGNED_INT ->
                GpuReading.of((double) Integer.toUnsignedLong(view.getInt(FIELD_VALUE_VALUE)));
            case NVML_VALUE_TYPE_SIGNED_INT -> GpuReading.of((double) view.getInt(FIELD_VALUE_VALUE));
            case NVML_VALUE_TYPE_UNSIGNED_LONG, NVML_VALUE_TYPE_UNSIGNED_LONG_LONG, NVML_VALUE_TYPE_SIGNED_LONG_LONG ->
                GpuReading.of((double) view.getLong(FIELD_VALUE_VALUE));
            case NVML_VALUE_TYPE_UNSIGNED_SHORT ->
                GpuReading.of((double) Short.toUnsignedInt(view.getShort(FIELD_VALUE_VALUE)));
            default -> GpuReading.refused("nvmlDeviceGetFieldValues: value of unknown type " + type);
        };
    }

    /** The number of a critical error; none where the event is another. */
    static OptionalLong xid(byte[] eventData) {
        ByteBuffer view = view(eventData);
        return (view.getLong(EVENT_DATA_TYPE) & Nvml.nvmlEventTypeXidCriticalError) == 0
                ? OptionalLong.empty()
                : OptionalLong.of(view.getLong(EVENT_DATA_DATA));
    }

    private static String text(byte[] buffer, int offset, int size) {
        int length = 0;
        while (length < size && buffer[offset + length] != 0) {
            length++;
        }
        return new String(buffer, offset, length, StandardCharsets.UTF_8);
    }
}
