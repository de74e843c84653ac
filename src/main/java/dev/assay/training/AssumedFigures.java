package dev.assay.training;

import java.util.EnumMap;
import java.util.Map;

/**
 * What a prediction takes where a site has measured nothing: figures of one or two H200s and of published runs, as shares of
 * the datasheet, so that another GPU has its own. Ranges of what was measured on few GPUs are judged, and say so.
 */
final class AssumedFigures {
    private static final String H200 = ", as a share of the datasheet";

    /** 680 of 989.4 TFLOPS. */
    private static final double GEMMS = 680 / 989.4;

    private static final double FORWARD = 394 / 989.4;
    private static final double BACKWARD = 356 / 989.4;

    private AssumedFigures() {}

    static Map<Figure, Estimate> of(
            double peakTflops, double memoryGBps, double allReduceGBps, double gatherGBps, double nicGBps) {
        Map<Figure, Estimate> all = new EnumMap<>(Figure.class);
        computing(all, peakTflops, memoryGBps);
        links(all, allReduceGBps, gatherGBps, nicGBps);
        together(all);
        return all;
    }

    private static void computing(Map<Figure, Estimate> all, double peakTflops, double memoryGBps) {
        all.put(
                Figure.GEMMS,
                Estimate.around(
                        GEMMS * peakTflops,
                        0.04,
                        0.04,
                        "sustained bf16 8192³ at the power limit, 674 and 684 TFLOPS on two H200" + H200
                                + "; other shapes were within 2 % of each other, GPUs of a fleet differ more"));
        String attention = "attention alone, one round on one H200, 7B, heads of 128" + H200
                + "; grouped heads were 26 % slower backward";
        all.put(Figure.ATTENTION_FORWARD, Estimate.around(FORWARD * peakTflops, 0.15, 0.05, attention));
        all.put(Figure.ATTENTION_BACKWARD, Estimate.around(BACKWARD * peakTflops, 0.25, 0.05, attention));
        all.put(
                Figure.MEMORY_KERNELS,
                Estimate.around(
                        Machine.MEMORY_SHARE * memoryGBps,
                        0.25,
                        0.05,
                        "our copy kernel on an H200" + H200 + "; not measured of the kernels themselves"));
        all.put(
                Figure.OPTIMIZER,
                Estimate.around(
                        Machine.MEMORY_SHARE * memoryGBps,
                        0.15,
                        0.05,
                        "our copy kernel on an H200" + H200 + "; clipping, norm and AdamW of 7B took 48 ms for 47"));
        all.put(
                Figure.BEYOND_THE_PARTS,
                new Estimate(
                        1,
                        0.97,
                        1.06,
                        "assumed: nothing beside the parts; the measured step of 7B on one H200 says 1.01"));
    }

    private static void links(Map<Figure, Estimate> all, double allReduceGBps, double gatherGBps, double nicGBps) {
        String inside = "published or measured on other nodes of its kind";
        all.put(Figure.NODE_ALL_REDUCE, Estimate.around(allReduceGBps, 0.15, 0.05, inside));
        all.put(Figure.NODE_GATHER, Estimate.around(gatherGBps, 0.15, 0.05, inside));
        double between = nicGBps > 0 ? Machine.NIC_SHARE * nicGBps : gatherGBps;
        String fabric = nicGBps > 0
                ? "90 % of the NICs' line rate; 85 to 95 % are expected of a healthy fabric"
                : "nothing crosses a NIC";
        all.put(Figure.FABRIC_ALL_REDUCE, Estimate.around(between, 0.15, 0.06, fabric));
        all.put(Figure.FABRIC_GATHER, Estimate.around(between, 0.15, 0.06, fabric));
        all.put(
                Figure.NODE_LATENCY,
                Estimate.around(1.25, 0.4, 0.6, "an all-reduce of 8 H200 costs 40 to 100 µs, NCCL's constants say 56"));
        all.put(
                Figure.FABRIC_LATENCY,
                Estimate.around(
                        1.85, 0.4, 0.6, "an all-reduce of 4 × 8 B200 costs 0.4 to 0.65 ms, NCCL's constants say 0.28"));
    }

    private static void together(Map<Figure, Estimate> all) {
        all.put(
                Figure.SLOWED,
                new Estimate(
                        1.9,
                        0.5,
                        3.5,
                        "GEMMs beside all-reduces on two H200 by NVLink lost 1.7 to 3.0 ms a GB; over NICs not measured"));
        all.put(Figure.BEHIND_ALL, new Estimate(0.9, 0.75, 1, "assumed"));
        all.put(Figure.BEHIND_BACKWARD, new Estimate(0.6, 0.4, 0.7, "assumed"));
    }
}
