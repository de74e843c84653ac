package dev.assay.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Prints as JSON how often {@link ZeroSchedule} gathers each tensor in forward and in backward of a micro-batch, with full
 * checkpointing at stage 3 and DeepSpeed's own limits: what the GPU proof {@code gathers} holds beside DeepSpeed's counts.
 */
final class GatherCounts {
    private GatherCounts() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length < 1 || arguments.length > 2) {
            System.err.println("Usage: GatherCounts MODEL:LAYERS [SCALE]   SCALE divides all widths");
            System.exit(2);
        }
        int scale = arguments.length == 2 ? Integer.parseInt(arguments[1]) : 1;
        int colon = arguments[0].indexOf(':');
        ModelShape whole = ModelPreset.of(arguments[0].substring(0, colon)).shape();
        ModelShape shape = scaled(whole, Integer.parseInt(arguments[0].substring(colon + 1)), scale);
        System.out.println(new ObjectMapper().writeValueAsString(of(shape, limits(scale))));
    }

    static Map<String, Object> of(ModelShape shape, ZeroSetup zero) {
        StepSetup setup =
                new StepSetup(shape, shape.positions(), 1, 1, zero, Recomputation.FULL, CollectiveMode.DEEPSPEED, 2, 2);
        ZeroSchedule schedule = ZeroSchedule.of(setup, 1);
        Map<FlatTensor, Integer> forward = counted(schedule.gathers(schedule.forward()));
        List<List<FlatTensor>> again = new ArrayList<>(schedule.gathers(schedule.gatheredAgain()));
        again.addAll(schedule.gathersBehindRecomputation());
        Map<FlatTensor, Integer> backward = counted(again);
        return Map.of(
                "zero",
                zero,
                "tensors",
                schedule.tensors().all().stream()
                        .map(tensor -> Map.of(
                                "index", tensor.index(),
                                "module", tensor.module(),
                                "size", tensor.size(),
                                "forward", forward.getOrDefault(tensor, 0),
                                "backward", backward.getOrDefault(tensor, 0)))
                        .toList());
    }

    private static Map<FlatTensor, Integer> counted(List<List<FlatTensor>> groups) {
        Map<FlatTensor, Integer> counts = new LinkedHashMap<>();
        groups.forEach(group -> group.forEach(tensor -> counts.merge(tensor, 1, Integer::sum)));
        return counts;
    }

    /** Matrices shrink by the square of the scale, and with them the limits; vectors by the scale, and with them their bound. */
    private static ZeroSetup limits(int scale) {
        long area = (long) scale * scale;
        ZeroSetup whole = ZeroSetup.defaults(3, true).keeping(1_000_000_000);
        return new ZeroSetup(
                whole.stage(),
                whole.overlap(),
                whole.reduceScatter(),
                whole.multiRank(),
                whole.reduceBucket() / area,
                whole.prefetchBucket() / area,
                whole.persistenceThreshold() / scale,
                whole.maxLive() / area,
                whole.subGroup() / area,
                whole.maxReuse() / area);
    }

    private static ModelShape scaled(ModelShape whole, int layers, int scale) {
        return new ModelShape(
                whole.family(),
                layers,
                whole.hidden() / scale,
                whole.heads(),
                whole.kvHeads(),
                whole.headSize() / scale,
                whole.feedForward() / scale,
                whole.vocabulary() / scale,
                whole.positions() / scale);
    }
}
