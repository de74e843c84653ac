package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.trainer.Trainer;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which algorithm each GEMM of a training step runs: rank 0 times the candidates before the trainer takes its memory, and all
 * ranks, and the run's later launches of the same shapes, take its choice.
 */
final class SftGemms {
    private final Map<LinearGemm, byte[]> chosen = new LinkedHashMap<>();

    private SftGemms() {}

    /** Collective over all ranks of the launch. */
    static SftGemms choose(RankContext context, List<LinearGemm> gemms) throws Exception {
        SftGemms all = new SftGemms();
        for (LinearGemm gemm : gemms) {
            byte[] mine = context.world().rank() == 0 ? decide(context, gemm) : new byte[0];
            all.chosen.put(gemm, context.world().all().broadcast("algorithm", mine));
        }
        return all;
    }

    void applyTo(Trainer trainer) {
        trainer.gemms().forEach((gemm, runner) -> {
            byte[] algorithm = chosen.get(gemm);
            if (algorithm == null) {
                throw new IllegalStateException("training: no algorithm was chosen for " + gemm.label());
            }
            runner.choose(algorithm);
        });
    }

    private static byte[] decide(RankContext context, LinearGemm gemm) throws Exception {
        Device device = context.device();
        try (GemmRunner runner = device.newLinear(gemm)) {
            if (runner.candidates().size() == 1) {
                return runner.candidates().get(0);
            }
            Owned owned = new Owned();
            Stream stream = owned.own(device.newStream());
            DeviceMemory a = filled(device, owned, gemm.precision().a(), gemm.elementsOfA(), stream);
            DeviceMemory b = filled(device, owned, gemm.precision().b(), gemm.elementsOfB(), stream);
            DeviceMemory c = filled(device, owned, gemm.output(), gemm.elementsOfC(), stream);
            byte[] best = new AlgorithmChoice(
                            runner,
                            count -> Timed.milliseconds(context, stream, () -> runner.enqueue(a, b, c, stream), count))
                    .decide(
                            AlgorithmChoice.Load.BURST,
                            AlgorithmChoice.place(
                                    context.environment(), gemm.label().replace(' ', '-')));
            owned.close();
            return best;
        }
    }

    private static DeviceMemory filled(Device device, Owned owned, ElementType type, long elements, Stream stream) {
        DeviceMemory memory = owned.own(device.allocate(elements * type.bytes()));
        device.fillMatrix(memory, type, elements, elements, stream);
        return memory;
    }
}
