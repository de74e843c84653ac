package dev.assay.device.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code nvmlGpmMetricsGet_t}, version 1, by named offsets, on a 64-bit system. The header's array has 98 entries in CUDA 11.8
 * to 12.6, 210 to 13.1 and 333 in 13.3, all as version 1; entry size and offsets are the same in all. The library fills the
 * first {@code numMetrics} entries; the buffer is as long as the newest header's struct all the same.
 *
 * <p>Status and value are poisoned before the call, so an answer in another layout is refused and not read.
 */
final class GpmMetricsGet {
    static final int NVML_GPM_METRICS_GET_VERSION = 1;
    static final int NVML_GPM_METRIC_MAX = 333;

    static final int VERSION = 0;
    static final int NUM_METRICS = 4;
    static final int SAMPLE_1 = 8;
    static final int SAMPLE_2 = 16;
    static final int METRICS = 24;

    static final int METRIC_ID = 0;
    static final int METRIC_RETURN = 4;
    static final int METRIC_VALUE = 8;
    static final int METRIC_SHORT_NAME = 16;
    static final int METRIC_LONG_NAME = 24;
    static final int METRIC_UNIT = 32;
    static final int METRIC_SIZE = 40;

    static final int SIZE = METRICS + NVML_GPM_METRIC_MAX * METRIC_SIZE;

    /** No {@code nvmlReturn_t}. */
    static final int POISON = -1;

    /**
     * One metric as answered.
     *
     * @param status {@code nvmlReturn_t} of this metric alone
     * @param longName address of the library's name of it, 0 if there is none
     * @param unit address of the library's unit, 0 if there is none
     */
    record Answer(int metricId, int status, double value, long longName, long unit) {}

    private GpmMetricsGet() {}

    static byte[] request(List<Integer> metricIds, long earlierSample, long laterSample) {
        byte[] struct = new byte[SIZE];
        ByteBuffer view = NvmlStructs.view(struct);
        view.putInt(VERSION, NVML_GPM_METRICS_GET_VERSION);
        view.putInt(NUM_METRICS, metricIds.size());
        view.putLong(SAMPLE_1, earlierSample);
        view.putLong(SAMPLE_2, laterSample);
        for (int i = 0; i < metricIds.size(); i++) {
            int entry = METRICS + i * METRIC_SIZE;
            view.putInt(entry + METRIC_ID, metricIds.get(i));
            view.putInt(entry + METRIC_RETURN, POISON);
            view.putDouble(entry + METRIC_VALUE, Double.NaN);
        }
        return struct;
    }

    /** The answers in the order asked for, or why the struct cannot be as the header says. */
    static GpuReading<List<Answer>> answers(byte[] struct, List<Integer> metricIds) {
        ByteBuffer view = NvmlStructs.view(struct);
        List<Answer> answers = new ArrayList<>();
        for (int i = 0; i < metricIds.size(); i++) {
            Answer answer = answer(view, METRICS + i * METRIC_SIZE);
            if (answer.metricId() != metricIds.get(i) || answer.status() == POISON) {
                return GpuReading.refused(
                        "nvmlGpmMetricsGet answered in another layout than nvml.h of CUDA 13.3: entry "
                                + i + " was asked for metric " + metricIds.get(i) + " and holds metric "
                                + answer.metricId()
                                + " with status " + answer.status());
            }
            answers.add(answer);
        }
        return GpuReading.of(List.copyOf(answers));
    }

    private static Answer answer(ByteBuffer view, int entry) {
        return new Answer(
                view.getInt(entry + METRIC_ID),
                view.getInt(entry + METRIC_RETURN),
                view.getDouble(entry + METRIC_VALUE),
                view.getLong(entry + METRIC_LONG_NAME),
                view.getLong(entry + METRIC_UNIT));
    }
}
