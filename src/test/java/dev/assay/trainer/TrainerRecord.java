package dev.assay.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.TestLibraries;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.AdamW;
import dev.assay.training.GradientClipping;
import dev.assay.training.MicroBatch;
import dev.assay.training.ModelShape;
import dev.assay.training.Parameter;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededTokens;
import dev.assay.training.StepSetup;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Trains some steps on data that repeats, and writes down all that another framework needs to train the same: beside each other
 * in a folder
 *
 * <ul>
 *   <li>{@code record.json}: the set-up, every tensor's name and shape in order, loss and gradient norm of each step;
 *   <li>{@code weights.bf16}: the weights before the first step, flat, little-endian;
 *   <li>{@code gradients.bf16}: of the first step, the mean over its micro-batches, before clipping;
 *   <li>{@code tokens.i32}: of each micro-batch its tokens, then its targets.
 * </ul>
 */
final class TrainerRecord {
    static final String JSON = "record.json";
    static final String WEIGHTS = "weights.bf16";
    static final String GRADIENTS = "gradients.bf16";
    static final String TOKENS = "tokens.i32";

    /** Of a fine-tuning; small, so that bf16 weights alone would hardly move and fp32 masters are seen to be there. */
    static final AdamW ADAM_W = new AdamW(2e-5, 0.9, 0.95, 1e-8, 0.1);

    static final GradientClipping CLIPPING = new GradientClipping(1);

    private static final int SEQUENCE = 2048;
    private static final int TINY_SEQUENCE = 40;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int CHUNK = 1 << 22;

    private final TrainerSetup setup;
    private final Path folder;

    TrainerRecord(TrainerSetup setup, Path folder) {
        int accumulation = setup.step().accumulation();
        if (setup.step().gradientBytes() != Unsharded.BF16 || Integer.bitCount(accumulation) != 1) {
            throw new IllegalArgumentException(
                    "recorded training must sum gradients in bf16 over a power of two of micro-batches, so that their mean is"
                            + " bf16 too, got " + setup.step().gradientBytes() + " bytes and " + accumulation);
        }
        this.setup = setup;
        this.folder = folder;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 7) {
            System.err.println(
                    "Usage: TrainerRecord cuda|reference MODEL[:LAYERS]|tiny-llama|tiny-gpt MICRO_BATCH ACCUMULATION"
                            + " full|none STEPS FOLDER");
            System.exit(2);
        }
        String model = arguments[1];
        StepSetup step = step(
                shape(model),
                model.startsWith("tiny-") ? TINY_SEQUENCE : SEQUENCE,
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                arguments[4].equals("full") ? Recomputation.FULL : Recomputation.NONE);
        Path folder = Files.createDirectories(Path.of(arguments[6]));
        TrainerRecord recorder = new TrainerRecord(new TrainerSetup(step, ADAM_W, CLIPPING, System.nanoTime()), folder);
        int steps = Integer.parseInt(arguments[5]);
        if (arguments[0].equals("reference")) {
            recorder.run(new ReferenceDevice("n0", 0), steps);
        } else {
            try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
                recorder.run(device, steps);
            }
        }
    }

    private static ModelShape shape(String name) {
        return switch (name) {
            case "tiny-llama" -> Small.LLAMA;
            case "tiny-gpt" -> Small.GPT;
            default -> Truncated.of(name);
        };
    }

    static StepSetup step(
            ModelShape model, int sequence, int microBatch, int accumulation, Recomputation recomputation) {
        return new Small(model, sequence, microBatch, accumulation, recomputation).step(Unsharded.BF16);
    }

    void run(Device device, int steps) throws IOException {
        List<MicroBatch> data = data();
        writeTokens(data);
        List<StepResult> results = new ArrayList<>();
        try (Trainer trainer = TrainerPlan.of(setup, new Unsharded()).prepare(device)) {
            writeTensors(WEIGHTS, StateKind.WEIGHT, trainer);
            results.add(trainer.step(data).await(DEADLINE));
            writeTensors(GRADIENTS, StateKind.GRADIENT, trainer);
            while (results.size() < steps) {
                results.add(trainer.step(data).await(DEADLINE));
            }
        }
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(folder.resolve(JSON).toFile(), described(results));
    }

    private List<MicroBatch> data() {
        StepSetup step = setup.step();
        SeededTokens tokens = new SeededTokens(step.model().vocabulary(), setup.seed());
        return IntStream.range(0, step.accumulation())
                .mapToObj(i -> tokens.microBatch((long) i * step.microBatch(), step.microBatch(), step.sequence()))
                .toList();
    }

    private Map<String, Object> described(List<StepResult> results) {
        Map<String, Object> content = new HashMap<>();
        StepSetup step = setup.step();
        content.put("model", step.model());
        content.put("sequence", step.sequence());
        content.put("microBatch", step.microBatch());
        content.put("accumulation", step.accumulation());
        content.put("optimizer", setup.optimizer());
        content.put("maxNorm", setup.clipping().maxNorm());
        content.put("normEpsilon", Norm.EPSILON);
        content.put("ropeBase", step.model().ropeBase());
        content.put("tensors", setup.layout().parameters());
        content.put("losses", results.stream().map(StepResult::loss).toList());
        content.put("norms", results.stream().map(StepResult::gradientNorm).toList());
        return content;
    }

    private void writeTokens(List<MicroBatch> data) throws IOException {
        try (OutputStream out = Files.newOutputStream(folder.resolve(TOKENS))) {
            for (MicroBatch batch : data) {
                out.write(bytes(batch.tokens()));
                out.write(bytes(batch.targets()));
            }
        }
    }

    private static byte[] bytes(int[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    private void writeTensors(String file, StateKind kind, Trainer trainer) {
        try (OutputStream out = Files.newOutputStream(folder.resolve(file))) {
            for (Parameter parameter : setup.layout().parameters()) {
                writeBf16(out, trainer.read(kind, parameter));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing " + folder.resolve(file), e);
        }
    }

    private static void writeBf16(OutputStream out, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES * Math.min(CHUNK, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i++) {
            bytes.putShort(Bf16.of(values[i]));
            if (!bytes.hasRemaining() || i == values.length - 1) {
                out.write(bytes.array(), 0, bytes.position());
                bytes.clear();
            }
        }
    }
}
