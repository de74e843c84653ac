package dev.assay.trainer;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Normalization.Statistics;
import dev.assay.device.TrainingKernels;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The activations of a micro-batch: those of every layer, of the head, and what backward shares.
 *
 * @param delta what a layer's two halves add to the residual stream, before the next norm does
 * @param dResidual gradient of the residual stream, [rows, hidden]
 * @param dAttention gradient of attention's output, [rows, width of the query heads]
 * @param dQkv gradient of query, key and value, as they lie
 * @param attentionScratch fp32, as {@link TrainingKernels#attentionGradient} wants it
 * @param scratch of the gradients of norms and biases
 * @param logits of one chunk of rows
 * @param quantized where the layers' matrices multiply in FP8
 */
record DecoderMemory(
        List<LayerTensors> layers,
        DeviceMemory delta,
        HeadTensors head,
        DeviceMemory dResidual,
        DeviceMemory dAttention,
        DeviceMemory dQkv,
        DeviceMemory attentionScratch,
        DeviceMemory scratch,
        DeviceMemory logits,
        Optional<DeviceMemory> positions,
        Optional<QuantizedMemory> quantized) {
    private static final int ALIGNMENT = 256;
    private static final String LAYER_INPUT = "layers.input";

    /**
     * What one layer keeps for its backward pass; n: outputs of the norms.
     *
     * @param x the residual stream that enters it, [rows, hidden]; the one thing that is kept where the rest is recomputed
     * @param qkv query, key and value, turned, side by side
     * @param y the residual stream between attention and feed-forward
     * @param up what goes into the activation function
     */
    record LayerTensors(
            DeviceMemory x,
            DeviceMemory n1,
            Statistics statistics1,
            DeviceMemory qkv,
            DeviceMemory attention,
            DeviceMemory lse,
            DeviceMemory y,
            DeviceMemory n2,
            Statistics statistics2,
            DeviceMemory up,
            DeviceMemory activated) {}

    /** @param x the residual stream behind the last layer */
    record HeadTensors(DeviceMemory x, DeviceMemory n, Statistics statistics) {}

    /** One tensor of a layer: its name, and bytes that the next layer's begins behind. */
    private record Kept(String name, long bytes) {}

    static void plan(DecoderSizes sizes, AllocationPlan plan) {
        ModelShape model = sizes.model();
        plan.add(LAYER_INPUT, MemoryPart.ACTIVATIONS, model.layers() * bf16(sizes, model.hidden()));
        MemoryPart part = sizes.recomputes() ? MemoryPart.LIVE_LAYER : MemoryPart.ACTIVATIONS;
        kept(sizes).forEach(each -> plan.add(each.name(), part, sizes.kept() * each.bytes()));
        plan.add("head.input", MemoryPart.LIVE_LAYER, bf16(sizes, model.hidden()));
        plan.add("head.norm", MemoryPart.LIVE_LAYER, bf16(sizes, model.hidden()));
        statistics("head", sizes).forEach(each -> plan.add(each.name(), MemoryPart.LIVE_LAYER, each.bytes()));
        plan.add("live.delta", MemoryPart.LIVE_LAYER, bf16(sizes, model.hidden()));
        plan.add("live.d-residual", MemoryPart.LIVE_LAYER, bf16(sizes, model.hidden()));
        plan.add("live.d-attention", MemoryPart.LIVE_LAYER, bf16(sizes, model.queryWidth()));
        plan.add("live.d-qkv", MemoryPart.LIVE_LAYER, bf16(sizes, sizes.qkv()));
        plan.add("live.attention-sums", MemoryPart.WORKSPACE, statistics(sizes));
        plan.add("live.sums", MemoryPart.WORKSPACE, scratch(sizes));
        plan.add("loss.logits", MemoryPart.LOSS, aligned((long) sizes.chunk() * model.vocabulary() * Unsharded.BF16));
        QuantizedMemory.plan(sizes, plan);
        if (model.family() == ModelFamily.GPT) {
            plan.add("input.positions", MemoryPart.WORKSPACE, (long) sizes.rows() * Integer.BYTES);
        }
    }

    static DecoderMemory of(DecoderSizes sizes, Arena arena) {
        List<LayerTensors> layers = new ArrayList<>();
        for (int layer = 0; layer < sizes.model().layers(); layer++) {
            layers.add(layer(sizes, arena, layer));
        }
        boolean positioned = sizes.model().family() == ModelFamily.GPT;
        long perRow = words(sizes.rows());
        return new DecoderMemory(
                layers,
                arena.of("live.delta"),
                new HeadTensors(
                        arena.of("head.input"),
                        arena.of("head.norm"),
                        statistics("head", arena, positioned, 0, perRow)),
                arena.of("live.d-residual"),
                arena.of("live.d-attention"),
                arena.of("live.d-qkv"),
                arena.of("live.attention-sums"),
                arena.of("live.sums"),
                arena.of("loss.logits"),
                positioned ? Optional.of(arena.of("input.positions")) : Optional.empty(),
                QuantizedMemory.of(sizes, arena));
    }

    private static LayerTensors layer(DecoderSizes sizes, Arena arena, int layer) {
        int set = sizes.recomputes() ? 0 : layer;
        boolean means = sizes.model().family() == ModelFamily.GPT;
        long perRow = words(sizes.rows());
        return new LayerTensors(
                slice(arena, LAYER_INPUT, layer, bf16(sizes, sizes.model().hidden())),
                slice(arena, sizes, "layers.norm1", set),
                statistics("layers.norm1", arena, means, set, perRow),
                slice(arena, sizes, "layers.qkv", set),
                slice(arena, sizes, "layers.attention", set),
                slice(arena, sizes, "layers.lse", set),
                slice(arena, sizes, "layers.middle", set),
                slice(arena, sizes, "layers.norm2", set),
                statistics("layers.norm2", arena, means, set, perRow),
                slice(arena, sizes, "layers.up", set),
                slice(arena, sizes, "layers.activated", set));
    }

    private static List<Kept> kept(DecoderSizes sizes) {
        ModelShape model = sizes.model();
        List<Kept> kept = new ArrayList<>(List.of(
                new Kept("layers.norm1", bf16(sizes, model.hidden())),
                new Kept("layers.qkv", bf16(sizes, sizes.qkv())),
                new Kept("layers.attention", bf16(sizes, model.queryWidth())),
                new Kept("layers.lse", statistics(sizes)),
                new Kept("layers.middle", bf16(sizes, model.hidden())),
                new Kept("layers.norm2", bf16(sizes, model.hidden())),
                new Kept("layers.up", bf16(sizes, sizes.up())),
                new Kept("layers.activated", bf16(sizes, model.feedForward()))));
        kept.addAll(statistics("layers.norm1", sizes));
        kept.addAll(statistics("layers.norm2", sizes));
        return kept;
    }

    private static List<Kept> statistics(String norm, DecoderSizes sizes) {
        Kept rstd = new Kept(norm + ".rstd", words(sizes.rows()));
        return sizes.model().family() == ModelFamily.GPT
                ? List.of(rstd, new Kept(norm + ".mean", words(sizes.rows())))
                : List.of(rstd);
    }

    private static Statistics statistics(String norm, Arena arena, boolean means, int set, long bytes) {
        return new Statistics(
                means ? Optional.of(slice(arena, norm + ".mean", set, bytes)) : Optional.empty(),
                slice(arena, norm + ".rstd", set, bytes));
    }

    private static DeviceMemory slice(Arena arena, DecoderSizes sizes, String name, int set) {
        return slice(arena, name, set, arena.of(name).bytes() / sizes.kept());
    }

    private static DeviceMemory slice(Arena arena, String name, int set, long bytes) {
        return arena.of(name).slice(set * bytes, bytes);
    }

    private static long bf16(DecoderSizes sizes, int width) {
        return aligned((long) sizes.rows() * width * Unsharded.BF16);
    }

    private static long statistics(DecoderSizes sizes) {
        return words(sizes.attention().statistics());
    }

    /** Of the widest norm or bias. */
    private static long scratch(DecoderSizes sizes) {
        ModelShape model = sizes.model();
        int widest = Math.max(Math.max(model.hidden(), sizes.qkv()), model.feedForward());
        return TrainingKernels.scratchBytes(sizes.rows(), widest);
    }

    private static long words(long count) {
        return aligned(count * Float.BYTES);
    }

    static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
