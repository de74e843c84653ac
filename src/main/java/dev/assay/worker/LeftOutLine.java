package dev.assay.worker;

import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import java.util.List;
import java.util.Map;

/** Work that the plan asks for and that was not done, told in the result: what is only in a log stops no acceptance. */
final class LeftOutLine {
    private LeftOutLine() {}

    /** @param why with its arithmetic */
    static void write(RankContext context, String what, String why) {
        System.err.println(context.spec().experiment() + ": left out for want of time: " + what + ": " + why);
        context.writer().write(Measurement.of(Metric.LEFT_OUT, List.of(1.0), Map.of("what", what, "why", why)));
    }
}
