package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The named offsets against the fields of nvml.h (CUDA 13.3), laid out by the platform's own alignment rules. */
class NvmlLayoutTest {
    @Test
    void gpmMetric() {
        GpmMetric metric = new GpmMetric();

        assertThat(metric.offset("metricId")).isEqualTo(GpmMetricsGet.METRIC_ID);
        assertThat(metric.offset("nvmlReturn")).isEqualTo(GpmMetricsGet.METRIC_RETURN);
        assertThat(metric.offset("value")).isEqualTo(GpmMetricsGet.METRIC_VALUE);
        assertThat(metric.offset("shortName")).isEqualTo(GpmMetricsGet.METRIC_SHORT_NAME);
        assertThat(metric.offset("longName")).isEqualTo(GpmMetricsGet.METRIC_LONG_NAME);
        assertThat(metric.offset("unit")).isEqualTo(GpmMetricsGet.METRIC_UNIT);
        assertThat(metric.size()).isEqualTo(GpmMetricsGet.METRIC_SIZE).isEqualTo(40);
    }

    @Test
    void gpmMetricsGet() {
        GpmMetricsGetStruct struct = new GpmMetricsGetStruct();

        assertThat(struct.offset("version")).isEqualTo(GpmMetricsGet.VERSION);
        assertThat(struct.offset("numMetrics")).isEqualTo(GpmMetricsGet.NUM_METRICS);
        assertThat(struct.offset("sample1")).isEqualTo(GpmMetricsGet.SAMPLE_1);
        assertThat(struct.offset("sample2")).isEqualTo(GpmMetricsGet.SAMPLE_2);
        assertThat(struct.offset("metrics")).isEqualTo(GpmMetricsGet.METRICS);
        assertThat(struct.size()).isEqualTo(GpmMetricsGet.SIZE).isEqualTo(13_344);
    }

    @Test
    void pciInfo() {
        PciInfo struct = new PciInfo();

        assertThat(struct.offset("busId")).isEqualTo(NvmlStructs.PCI_INFO_BUS_ID);
        assertThat(struct.size()).isEqualTo(NvmlStructs.PCI_INFO_SIZE);
    }

    @Test
    void memory() {
        MemoryV2 struct = new MemoryV2();

        assertThat(struct.offset("total")).isEqualTo(8);
        assertThat(struct.offset("reserved")).isEqualTo(16);
        assertThat(struct.offset("free")).isEqualTo(24);
        assertThat(struct.offset("used")).isEqualTo(32);
        assertThat(Nvml.NVML_MEMORY_V2).isEqualTo(struct.size() | (2L << 24));
    }

    @Test
    void processInfo() {
        ProcessInfo struct = new ProcessInfo();

        assertThat(struct.offset("pid")).isEqualTo(NvmlStructs.PROCESS_INFO_PID);
        assertThat(struct.size()).isEqualTo(NvmlStructs.PROCESS_INFO_SIZE);
    }

    @Test
    void fieldValue() {
        FieldValue struct = new FieldValue();

        assertThat(struct.offset("fieldId")).isEqualTo(NvmlStructs.FIELD_VALUE_FIELD_ID);
        assertThat(struct.offset("valueType")).isEqualTo(NvmlStructs.FIELD_VALUE_TYPE);
        assertThat(struct.offset("nvmlReturn")).isEqualTo(NvmlStructs.FIELD_VALUE_RETURN);
        assertThat(struct.offset("value")).isEqualTo(NvmlStructs.FIELD_VALUE_VALUE);
        assertThat(struct.size()).isEqualTo(NvmlStructs.FIELD_VALUE_SIZE);
    }

    @Test
    void eventData() {
        EventData struct = new EventData();

        assertThat(struct.offset("eventType")).isEqualTo(NvmlStructs.EVENT_DATA_TYPE);
        assertThat(struct.offset("eventData")).isEqualTo(NvmlStructs.EVENT_DATA_DATA);
        assertThat(struct.size()).isEqualTo(NvmlStructs.EVENT_DATA_SIZE);
    }

    @Test
    void anEventTellsItsXidAndAnotherEventNone() {
        EventData struct = new EventData();
        struct.device = new Pointer(0x77L);
        struct.eventType = 8;
        struct.eventData = 79;
        struct.gpuInstanceId = -1;
        struct.write();
        assertThat(NvmlStructs.xid(struct.getPointer().getByteArray(0, 32))).hasValue(79);

        struct.eventType = 2;
        struct.write();
        assertThat(NvmlStructs.xid(struct.getPointer().getByteArray(0, 32))).isEmpty();
    }

    @Test
    void violationTimeIsTwoLongs() {
        ViolationTime struct = new ViolationTime();

        assertThat(struct.offset("violationTime")).isEqualTo(Long.BYTES);
        assertThat(struct.size()).isEqualTo(2 * Long.BYTES);
    }

    @Test
    void aRequestHoldsWhatTheLibraryReads() {
        GpmMetricsGetStruct struct = new GpmMetricsGetStruct();
        byte[] request = GpmMetricsGet.request(List.of(2, 10), 0x1111_2222_3333L, 0x4444_5555_6666L);

        struct.getPointer().write(0, request, 0, request.length);
        struct.read();

        assertThat(struct.version).isEqualTo(1);
        assertThat(struct.numMetrics).isEqualTo(2);
        assertThat(Pointer.nativeValue(struct.sample1)).isEqualTo(0x1111_2222_3333L);
        assertThat(Pointer.nativeValue(struct.sample2)).isEqualTo(0x4444_5555_6666L);
        assertThat(struct.metrics[0].metricId).isEqualTo(2);
        assertThat(struct.metrics[1].metricId).isEqualTo(10);
        assertThat(struct.metrics[2].metricId).isZero();
    }

    @Test
    void anAnswerIsReadWhereTheLibraryWroteIt() {
        GpmMetricsGetStruct struct = new GpmMetricsGetStruct();
        byte[] answer = GpmMetricsGet.request(List.of(2, 10), 1, 2);
        struct.getPointer().write(0, answer, 0, answer.length);
        struct.read();
        struct.metrics[1].nvmlReturn = 3;
        struct.metrics[0].nvmlReturn = 0;
        struct.metrics[0].value = 96.25;
        struct.metrics[0].longName = new Pointer(0x77L);
        struct.metrics[0].unit = new Pointer(0x99L);
        struct.write();
        answer = struct.getPointer().getByteArray(0, answer.length);

        assertThat(GpmMetricsGet.answers(answer, List.of(2, 10)).text())
                .contains("Answer[metricId=2, status=0, value=96.25, longName=119, unit=153]")
                .contains("Answer[metricId=10, status=3, value=NaN");
    }

    @Test
    void fieldValuesOfEveryType() {
        assertThat(field(0, Double.doubleToLongBits(2.5))).isEqualTo(GpuReading.of(2.5));
        assertThat(field(1, 0xFFFF_FFFFL)).isEqualTo(GpuReading.of(4294967295.0));
        assertThat(field(2, 7)).isEqualTo(GpuReading.of(7.0));
        assertThat(field(3, 701_500)).isEqualTo(GpuReading.of(701500.0));
        assertThat(field(4, -3)).isEqualTo(GpuReading.of(-3.0));
        assertThat(field(5, -4)).isEqualTo(GpuReading.of(-4.0));
        assertThat(field(6, 0xFFFF)).isEqualTo(GpuReading.of(65535.0));
        assertThat(field(77, 1).text()).contains("unknown type 77");
    }

    @Test
    void textEndsAtItsZeroOrItsBuffer() {
        assertThat(NvmlStructs.text("ab\0cd".getBytes(StandardCharsets.UTF_8))).isEqualTo("ab");
        assertThat(NvmlStructs.text("abcd".getBytes(StandardCharsets.UTF_8))).isEqualTo("abcd");
        assertThat(NvmlStructs.text(new byte[4])).isEmpty();
    }

    private static GpuReading<Double> field(int type, long bits) {
        byte[] struct = NvmlStructs.fieldRequest(186);
        NvmlStructs.view(struct).putInt(NvmlStructs.FIELD_VALUE_TYPE, type);
        NvmlStructs.view(struct).putLong(NvmlStructs.FIELD_VALUE_VALUE, bits);
        return NvmlStructs.fieldValue(struct);
    }

    /** Lets a test ask for offsets. */
    public abstract static class Laid extends Structure {
        int offset(String field) {
            ensureAllocated();
            return fieldOffset(field);
        }
    }

    @FieldOrder({"version", "total", "reserved", "free", "used"})
    public static class MemoryV2 extends Laid {
        public int version;
        public long total;
        public long reserved;
        public long free;
        public long used;
    }

    @FieldOrder({"metricId", "nvmlReturn", "value", "shortName", "longName", "unit"})
    public static class GpmMetric extends Laid {
        public int metricId;
        public int nvmlReturn;
        public double value;
        public Pointer shortName = Pointer.NULL;
        public Pointer longName = Pointer.NULL;
        public Pointer unit = Pointer.NULL;
    }

    @FieldOrder({"version", "numMetrics", "sample1", "sample2", "metrics"})
    public static class GpmMetricsGetStruct extends Laid {
        public int version;
        public int numMetrics;
        public Pointer sample1 = Pointer.NULL;
        public Pointer sample2 = Pointer.NULL;
        public GpmMetric[] metrics = new GpmMetric[333];
    }

    @FieldOrder({"busIdLegacy", "domain", "bus", "device", "pciDeviceId", "pciSubSystemId", "busId"})
    public static class PciInfo extends Laid {
        public byte[] busIdLegacy = new byte[16];
        public int domain;
        public int bus;
        public int device;
        public int pciDeviceId;
        public int pciSubSystemId;
        public byte[] busId = new byte[32];
    }

    @FieldOrder({"pid", "usedGpuMemory", "gpuInstanceId", "computeInstanceId"})
    public static class ProcessInfo extends Laid {
        public int pid;
        public long usedGpuMemory;
        public int gpuInstanceId;
        public int computeInstanceId;
    }

    @FieldOrder({"device", "eventType", "eventData", "gpuInstanceId", "computeInstanceId"})
    public static class EventData extends Laid {
        public Pointer device = Pointer.NULL;
        public long eventType;
        public long eventData;
        public int gpuInstanceId;
        public int computeInstanceId;
    }

    @FieldOrder({"referenceTime", "violationTime"})
    public static class ViolationTime extends Laid {
        public long referenceTime;
        public long violationTime;
    }

    @FieldOrder({"fieldId", "scopeId", "timestamp", "latencyUsec", "valueType", "nvmlReturn", "value"})
    public static class FieldValue extends Laid {
        public int fieldId;
        public int scopeId;
        public long timestamp;
        public long latencyUsec;
        public int valueType;
        public int nvmlReturn;
        public long value;
    }
}
