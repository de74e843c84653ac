package dev.assay.workload;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
 * @param heatSeconds of load before a sustained measurement, at least
 * @param mostHeatSeconds of it, where the temperature goes on rising by a kelvin a minute or more; as many as {@code
 *     heatSeconds} where no plateau is waited for
 * @param sustainedSeconds measured
 * @param batch GEMMs between two timing events of a sustained measurement
 */
public record GemmSweep(
        List<Gemm> burst,
        List<Gemm> sustained,
        double pauseSeconds,
        int samples,
        double heatSeconds,
        double mostHeatSeconds,
        double sustainedSeconds,
        int batch,
        GemmFinder finder)
        implements Workload {
    /** Key of the metric that says whether the plateau was reached. */
    private static final String RISE = "temperature.rise";

    /** A plateau is told by the temperatures of two slices of heating a minute apart. */
    public static final double SLICE_SECONDS = 20;

    public static final int SLICES_A_MINUTE = 3;

    /** Below this rise, K, over the last minute of heating the GPU is at its plateau. */
    public static final double PLATEAU_KELVIN = 1;

    public GemmSweep {
        burst = List.copyOf(burst);
        sustained = List.copyOf(sustained);
        if (samples <= 0 || batch <= 0 || !(pauseSeconds >= 0) || !(heatSeconds >= 0) || !(sustainedSeconds > 0)) {
            throw new IllegalArgumentException("gemm must have samples, batch, sustainedSeconds > 0 and pauseSeconds,"
                    + " heatSeconds >= 0, got " + samples + ", " + batch + ", " + sustainedSeconds + " and "
                    + pauseSeconds + ", " + heatSeconds);
        }
        if (!(mostHeatSeconds >= heatSeconds)) {
            throw new IllegalArgumentException(
                    "gemm.mostHeatSeconds must be >= heatSeconds, got " + mostHeatSeconds + " < " + heatSeconds);
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
                + " sustained" + heated() + " on every GPU, and the fastest of "
                + finder.shapes().size() + " shapes in "
                + finder.precision().key() + "; every output checked, its bits compared over all GPUs";
    }

    private String heated() {
        return " for " + Math.round(sustainedSeconds) + " s" + (toPlateau() ? " at their temperature's plateau" : "");
    }

    /** Whether heating goes on until the temperature stands still. */
    public boolean toPlateau() {
        return mostHeatSeconds > heatSeconds;
    }

    /** One after the other, so the largest decides. */
    @Override
    public MemoryNeed memory() {
        return Stream.of(burst, sustained, finder.shapes())
                .flatMap(List::stream)
                .map(MemoryNeed::of)
                .max(Comparator.comparingDouble(MemoryNeed::bytes))
                .orElseThrow();
    }

    @Override
    public double patienceSeconds() {
        return sustained.size() * (mostHeatSeconds - heatSeconds);
    }

    /** By {@code mode}; without one, whether any of the precision and shape is measured at all. */
    @Override
    public boolean measures(String metric, Map<String, String> conditions) {
        if (metric.equals(RISE) && !toPlateau()) {
            return false;
        }
        Stream<Gemm> gemms = switch (conditions.getOrDefault("mode", "")) {
            case "burst" -> burst.stream();
            case "sustained" -> sustained.stream();
            case "finder" -> finder.shapes().stream();
            case "" -> Stream.of(burst, sustained, finder.shapes()).flatMap(List::stream);
            default -> Stream.empty();
        };
        return gemms.anyMatch(gemm -> gemm.precision()
                        .key()
                        .equals(conditions.getOrDefault(
                                "dtype", gemm.precision().key()))
                && gemm.shape().equals(conditions.getOrDefault("shape", gemm.shape())));
    }
}
