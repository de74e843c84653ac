package dev.assay.device.cuda;

import dev.assay.device.AdamW;
import dev.assay.device.Attention;
import dev.assay.device.Attention.Qkv;
import dev.assay.device.AttentionShape;
import dev.assay.device.Bf16;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.Normalization;
import dev.assay.device.Normalization.Gradients;
import dev.assay.device.Normalization.Residual;
import dev.assay.device.Normalization.Statistics;
import dev.assay.device.Quantized;
import dev.assay.device.RopeShape;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.device.TrainingKernels.Rotation;
import dev.assay.workload.ElementType;
import dev.assay.workload.MemoryKernel;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Times attention and the kernels that only move memory, at the shapes of a training step, for {@code src/test/gpu/attention}: a
 * line a figure, who, what, value and unit, as {@code ratios.py} reads them. A figure is the median of single operations between
 * two events.
 */
final class TrainingSpeed {
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final int WARM_UP = 5;

    private final Device device;
    private final TrainingKernels kernels;
    private final PrintStream out;
    private final int samples;

    TrainingSpeed(Device device, PrintStream out, int samples) {
        this.device = device;
        this.kernels = device.trainingKernels();
        this.out = out;
        this.samples = samples;
    }

    /** Without arguments: both families, on GPU 0. */
    public static void main(String[] arguments) {
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories())) {
            TrainingSpeed speed = new TrainingSpeed(device, System.out, 20);
            speed.attention("7B", new AttentionShape(4, 2048, 32, 32, 128, 3 * 4096, 3 * 4096));
            speed.attention("70B", new AttentionShape(1, 2048, 64, 8, 128, 10_240, 10_240));
            speed.attention("head 64", new AttentionShape(4, 2048, 32, 32, 64, 3 * 2048, 3 * 2048));
            speed.pointwise(8192, 4096, 32, 11_008, 32_000, 1L << 27);
        }
    }

    /** FLOP of the half of the scores that causality leaves: two products forward, five backward, however many are computed. */
    void attention(String name, AttentionShape shape) {
        double product = 1.0 * shape.batch() * shape.heads() * shape.headSize() * shape.sequence() * shape.sequence();
        try (Stream stream = device.newStream();
                Memories memories = new Memories(stream)) {
            DeviceMemory query = memories.normal(shape.queryElements());
            DeviceMemory key = memories.normal(shape.kvElements());
            DeviceMemory value = memories.normal(shape.kvElements());
            DeviceMemory dOut = memories.normal(shape.rows() * shape.outWidth());
            DeviceMemory result = memories.poisoned(2 * shape.rows() * shape.outWidth());
            DeviceMemory lse = memories.poisoned(4 * shape.statistics());
            DeviceMemory dQuery = memories.poisoned(2 * shape.queryElements());
            DeviceMemory dKey = memories.poisoned(2 * shape.kvElements());
            DeviceMemory dValue = memories.poisoned(2 * shape.kvElements());
            DeviceMemory scratch = memories.poisoned(4 * shape.statistics());
            Attention attention = new Attention(shape, new Qkv(query, key, value), result, lse);
            Qkv gradients = new Qkv(dQuery, dKey, dValue);
            double forward = milliseconds(stream, () -> kernels.attention(attention, stream));
            double backward =
                    milliseconds(stream, () -> kernels.attentionGradient(attention, dOut, gradients, scratch, stream));
            for (DeviceMemory written : List.of(result, dQuery, dKey, dValue)) {
                requireNumbers(name, written, shape.headSize());
            }
            row("assay", "attention " + name + " forward", forward, "ms");
            row("assay", "attention " + name + " backward", backward, "ms");
            row("assay", "attention " + name + " forward", 2 * product / forward / 1e9, "TFLOPS");
            row("assay", "attention " + name + " backward", 5 * product / backward / 1e9, "TFLOPS");
        }
    }

    /** Beside each kernel's rate stands that of a copy of as much memory as the longest of them moves: what can be reached. */
    void pointwise(int rows, int width, int heads, int inner, int vocabulary, long parameters) {
        try (Stream stream = device.newStream();
                Memories memories = new Memories(stream)) {
            double copy = copyRate(memories, stream);
            long elements = (long) rows * width;
            DeviceMemory before = memories.normal(elements);
            DeviceMemory delta = memories.normal(elements);
            DeviceMemory after = memories.normal(elements);
            DeviceMemory weight = memories.normal(width);
            DeviceMemory dWeight = memories.normal(width);
            DeviceMemory result = memories.poisoned(2 * elements);
            DeviceMemory rstd = memories.poisoned(4L * rows);
            DeviceMemory scratch = memories.poisoned(TrainingKernels.scratchBytes(rows, width));
            Normalization norm = new Normalization(
                    rows, width, weight, Optional.empty(), 1e-5f, new Statistics(Optional.empty(), rstd));
            rate(
                    copy,
                    "rmsNorm",
                    8 * elements,
                    stream,
                    () -> kernels.norm(norm, new Residual(before, Optional.of(delta), after), result, stream));
            rate(
                    copy,
                    "rmsNorm gradient",
                    8 * elements,
                    stream,
                    () -> kernels.normGradient(
                            norm, delta, before, new Gradients(after, dWeight, Optional.empty()), scratch, stream));

            RopeShape shape = new RopeShape(rows, 2 * heads, width / heads, 3 * width, rows, 10_000);
            DeviceMemory turned = memories.normal(3 * elements);
            rate(copy, "rope", 2 * 4 * elements, stream, () -> kernels.rope(turned, shape, Rotation.FORWARD, stream));

            long wide = (long) rows * inner;
            DeviceMemory gateUp = memories.normal(2 * wide);
            DeviceMemory dOut = memories.normal(wide);
            quantize(copy, memories, gateUp, rows, 2 * inner, stream);
            rate(copy, "swiGlu", 6 * wide, stream, () -> kernels.swiGlu(gateUp, rows, inner, dOut, stream));
            rate(
                    copy,
                    "swiGlu gradient",
                    10 * wide,
                    stream,
                    () -> kernels.swiGluGradient(dOut, gateUp, rows, inner, gateUp, stream));

            int chunk = Math.max(1, rows / 4);
            DeviceMemory logits = memories.normal((long) chunk * vocabulary);
            DeviceMemory targets = memories.zeros(4L * chunk);
            DeviceMemory losses = memories.poisoned(4L * chunk);
            rate(
                    copy,
                    "crossEntropy",
                    4L * chunk * vocabulary,
                    stream,
                    () -> kernels.crossEntropy(logits, targets, chunk, vocabulary, 1, losses, stream));

            DeviceMemory master = memories.zeros(4 * parameters);
            DeviceMemory m = memories.zeros(4 * parameters);
            DeviceMemory v = memories.zeros(4 * parameters);
            Tensor gradients = new Tensor(memories.normal(parameters), ElementType.BF16, parameters);
            DeviceMemory weights = memories.poisoned(2 * parameters);
            DeviceMemory scale = memories.floatOne();
            DeviceMemory partials = memories.poisoned((long) TrainingKernels.SQUARE_PARTS * Double.BYTES);
            rate(
                    copy,
                    "adamW",
                    28 * parameters,
                    stream,
                    () -> kernels.adamW(
                            new AdamW(1e-4, 0.9, 0.95, 1e-8, 0.1, 3),
                            new AdamW.States(master, m, v),
                            gradients,
                            scale,
                            weights,
                            stream));
            rate(copy, "sumOfSquares", 2 * parameters, stream, () -> kernels.sumOfSquares(gradients, partials, stream));
            requireNumbers("rmsNorm", result, width);
            requireNumbers("adamW", weights, 64);
        }
    }

    /** Of what an up projection's gradient is: the widest that there is. */
    private void quantize(double copy, Memories memories, DeviceMemory x, int rows, int width, Stream stream) {
        if (rows % TrainingKernels.QUANTIZE_GRANULE != 0 || width % TrainingKernels.QUANTIZE_GRANULE != 0) {
            return;
        }
        long elements = (long) rows * width;
        DeviceMemory lying = memories.poisoned(elements);
        DeviceMemory turned = memories.poisoned(elements);
        DeviceMemory scale = memories.poisoned(Float.BYTES);
        DeviceMemory scratch = memories.poisoned(TrainingKernels.QUANTIZE_SCRATCH);
        ElementType type = ElementType.E5M2;
        List<Quantized> ways = List.of(
                new Quantized(type, Optional.of(lying), Optional.empty(), scale),
                new Quantized(type, Optional.empty(), Optional.of(turned), scale),
                new Quantized(type, Optional.of(lying), Optional.of(turned), scale));
        List<String> names = List.of("quantize", "quantize transposed", "quantize both");
        for (int i = 0; i < ways.size(); i++) {
            Quantized way = ways.get(i);
            rate(
                    copy,
                    names.get(i),
                    (i < 2 ? 5 : 6) * elements,
                    stream,
                    () -> kernels.quantize(x, rows, width, way, scratch, stream));
        }
        requireNumbers("quantize", lying, width / 2);
        requireNumbers("quantize transposed", turned, rows / 2);
    }

    private double copyRate(Memories memories, Stream stream) {
        long bytes = device instanceof CudaDevice ? 1L << 30 : 1L << 16;
        DeviceMemory from = memories.zeros(bytes);
        DeviceMemory to = memories.zeros(bytes);
        return 2
                * bytes
                / milliseconds(
                        stream, () -> device.memoryLoad().enqueue(MemoryKernel.COPY, from, from, to, bytes, stream))
                / 1e6;
    }

    private void rate(double copy, String what, long bytes, Stream stream, Runnable operation) {
        double milliseconds = milliseconds(stream, operation);
        row("copy", what, copy, "GB/s");
        row("assay", what, bytes / milliseconds / 1e6, "GB/s");
    }

    private double milliseconds(Stream stream, Runnable operation) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i <= WARM_UP + samples; i++) {
            Event event = device.newEvent();
            events.add(event);
            stream.record(event);
            operation.run();
        }
        stream.synchronize(DEADLINE);
        IntToDoubleFunction time = i -> events.get(WARM_UP + i + 1).millisecondsSince(events.get(WARM_UP + i));
        double[] sorted = IntStream.range(0, samples).mapToDouble(time).sorted().toArray();
        events.forEach(Event::close);
        return (sorted[samples / 2] + sorted[(samples - 1) / 2]) / 2;
    }

    private void row(String who, String what, double value, String unit) {
        out.printf(Locale.ROOT, "%s\t%s\t%.4f\t%s%n", who, what, value, unit);
    }

    /** What was timed did write: its last elements, which were poisoned, are numbers, and not all alike. */
    private static void requireNumbers(String what, DeviceMemory written, int elements) {
        byte[] bytes =
                written.slice(written.bytes() - 2L * elements, 2L * elements).read();
        long different = IntStream.range(0, elements)
                .map(i -> (bytes[2 * i] & 0xFF) | bytes[2 * i + 1] << 8)
                .peek(bits -> {
                    if (!Float.isFinite(Bf16.toFloat((short) bits))) {
                        throw new IllegalStateException(
                                "timing " + what + ": found what is no number, so nothing was made");
                    }
                })
                .distinct()
                .count();
        if (different < 2) {
            throw new IllegalStateException("timing " + what + ": all elements are alike, so nothing was made");
        }
    }

    /** Given back together. */
    private final class Memories implements AutoCloseable {
        private final Stream stream;
        private final List<DeviceMemory> all = new ArrayList<>();

        Memories(Stream stream) {
            this.stream = stream;
        }

        DeviceMemory poisoned(long bytes) {
            DeviceMemory memory = device.allocate(bytes);
            all.add(memory);
            device.poison(memory, stream);
            return memory;
        }

        DeviceMemory normal(long elements) {
            DeviceMemory memory = poisoned(2 * elements);
            device.fillMatrix(memory, ElementType.BF16, elements, all.size(), stream);
            return memory;
        }

        DeviceMemory zeros(long bytes) {
            DeviceMemory memory = poisoned(bytes);
            long piece = Math.min(bytes, 1 << 20);
            stream.synchronize(DEADLINE);
            for (long at = 0; at < bytes; at += piece) {
                long length = Math.min(piece, bytes - at);
                memory.slice(at, length).write(new byte[(int) length]);
            }
            return memory;
        }

        DeviceMemory floatOne() {
            DeviceMemory memory = poisoned(Float.BYTES);
            stream.synchronize(DEADLINE);
            memory.write(new byte[] {0, 0, (byte) 0x80, 0x3F});
            return memory;
        }

        @Override
        public void close() {
            stream.synchronize(DEADLINE);
            all.forEach(DeviceMemory::close);
        }
    }
}
