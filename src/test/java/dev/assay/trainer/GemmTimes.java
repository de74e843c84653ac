package dev.assay.trainer;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.workload.LinearGemm;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The fastest algorithm of each GEMM, timed once on a device where nothing else runs; for every trainer that needs it. */
final class GemmTimes {
    private static final int ROUNDS = 3;
    private static final int BATCH = 4;
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private final Device device;
    private final Map<LinearGemm, byte[]> fastest = new LinkedHashMap<>();

    GemmTimes(Device device) {
        this.device = device;
    }

    /** Times what is new among them. Their operands need memory besides the trainer's. */
    void time(List<LinearGemm> gemms) {
        for (LinearGemm gemm : gemms) {
            if (!fastest.containsKey(gemm)) {
                fastest.put(gemm, time(gemm));
            }
        }
    }

    /** All must have been timed. */
    void applyTo(Trainer trainer) {
        trainer.gemms().forEach((gemm, runner) -> {
            byte[] algorithm = fastest.get(gemm);
            if (algorithm == null) {
                throw new IllegalStateException("no algorithm was timed for " + gemm.label());
            }
            runner.choose(algorithm);
        });
    }

    private byte[] time(LinearGemm gemm) {
        try (GemmRunner runner = device.newLinear(gemm);
                DeviceMemory a = device.allocate(gemm.bytesOfA());
                DeviceMemory b = device.allocate(gemm.bytesOfB());
                DeviceMemory c = device.allocate(gemm.bytesOfC());
                Stream stream = device.newStream();
                Event start = device.newEvent();
                Event end = device.newEvent()) {
            device.fillMatrix(a, gemm.precision().a(), gemm.elementsOfA(), 1, stream);
            device.fillMatrix(b, gemm.precision().b(), gemm.elementsOfB(), 2, stream);
            device.fillMatrix(c, gemm.output(), gemm.elementsOfC(), 3, stream);
            List<byte[]> candidates = runner.candidates();
            double[] best = new double[candidates.size()];
            Arrays.fill(best, Double.MAX_VALUE);
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < best.length; i++) {
                    runner.choose(candidates.get(i));
                    runner.enqueue(a, b, c, stream);
                    stream.record(start);
                    for (int j = 0; j < BATCH; j++) {
                        runner.enqueue(a, b, c, stream);
                    }
                    stream.record(end);
                    stream.synchronize(DEADLINE);
                    best[i] = Math.min(best[i], end.millisecondsSince(start) / BATCH);
                }
            }
            int chosen = 0;
            for (int i = 1; i < best.length; i++) {
                chosen = best[i] < best[chosen] ? i : chosen;
            }
            System.out.printf(
                    Locale.ROOT,
                    "  %-52s favourite %.3f ms, fastest %.3f ms (%.0f TFLOPS)%n",
                    gemm.label(),
                    best[0],
                    best[chosen],
                    gemm.flop() / best[chosen] / 1e9);
            return candidates.get(chosen);
        }
    }
}
