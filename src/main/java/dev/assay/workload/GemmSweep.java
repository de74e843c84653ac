package dev.assay.workload;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * GEMMs of many precisions and shapes on every GPU, each checked: rested GPU and a few GEMMs (burst), the power-limited rate
 * (sustained), and a search for the fastest shape.
 *
 * @param burst each rested, then timed GEMM by GEMM
 * @param sustained each heated, then timed by batches for its seconds, watched
 * @param pauseSeconds of rest before a burst
 * @param samples timed GEMMs of a burst
 * @param heatSeconds of load before a sustained measurement
 * @param sustainedSeconds measured
 * @param batch GEMMs between two timing events of a sustained measurement
 */
public record GemmSweep(
        List<Gemm> burst,
        List<Gemm> sustained,
        double pauseSeconds,
        int samples,
        double heatSeconds,
        double sustainedSeconds,
        int batch,
        GemmFinder finder)
        implements Workload {
    public GemmSweep {
        burst = List.copyOf(burst);
        sustained = List.copyOf(sustained);
        if (samples <= 0 || batch <= 0 || !(pauseSeconds >= 0) || !(heatSeconds >= 0) || !(sustainedSeconds > 0)) {
            throw new IllegalArgumentException("gemm must have samples, batch, sustainedSeconds > 0 and pauseSeconds,"
                    + " heatSeconds >= 0, got " + samples + ", " + batch + ", " + sustainedSeconds + " and "
                    + pauseSeconds + ", " + heatSeconds);
        }
        requireDistinct("burst", burst);
        requireDistinct("sustained", sustained);
    }

    private static void requireDistinct(String name, List<Gemm> gemms) {
        Set<Gemm> seen = new HashSet<>();
        for (Gemm gemm : gemms) {
            if (!seen.add(gemm)) {
                throw new IllegalArgumentException(
                        "gemm." + name + " must have each GEMM once, got twice " + gemm.label());
            }
        }
    }

    @Override
    public String key() {
        return "gemm";
    }

    @Override
    public String words() {
        String precisions = Stream.concat(burst.stream(), sustained.stream())
                .map(gemm -> gemm.precision().key())
                .distinct()
                .collect(Collectors.joining(", "));
        return burst.size() + " GEMMs (" + precisions + ") by bursts and " + sustained.size()
                + " sustained on every GPU, and the fastest of "
                + finder.shapes().size() + " shapes in "
                + finder.precision().key() + "; every output checked, its bits compared over all GPUs";
    }
}
