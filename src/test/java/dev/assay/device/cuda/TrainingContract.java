package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.AdamW;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Lookup;
import dev.assay.device.Normalization;
import dev.assay.device.Normalization.Gradients;
import dev.assay.device.Normalization.Residual;
import dev.assay.device.Normalization.Statistics;
import dev.assay.device.Quantized;
import dev.assay.device.RopeShape;
import dev.assay.device.SeededNormal;
import dev.assay.device.SmallFloat;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.device.TrainingKernels.Rotation;
import dev.assay.workload.ElementType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The kernels of {@code native/training_*.cu} against the oracle, on fresh random input and odd sizes. Bounds: one unit of bf16
 * for the one rounding, and for fp32 sums of n terms of size s, n s 2⁻²⁴ at the very most.
 */
interface TrainingContract extends AttentionContract {
    double FP32 = 0x1p-24;

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "5, 8", "17, 40", "2, 4104", "300, 33"})
    default void embeds(int rows, int width) {
        TrainingBench bench = bench();
        int vocabulary = 11;
        Twin table = bench.normal((long) vocabulary * width);
        Twin tokens = bench.tokens(rows, vocabulary);
        Twin out = bench.poisonedBf16((long) rows * width);

        bench.run((kernels, of, stream) -> kernels.embed(
                new Lookup(of.apply(tokens), rows, vocabulary, width), of.apply(table), of.apply(out), stream));

        out.assertSameBits("out");
        table.assertSameBits("table");
    }

    @Test
    default void aTokenOutsideTheVocabularyIsNotANumber() {
        TrainingBench bench = bench();
        Twin table = bench.normal(3 * 5);
        Twin tokens = bench.ints(-1, 2, 3, 0);
        Twin out = bench.normal(4 * 5);

        bench.run((kernels, of, stream) ->
                kernels.embed(new Lookup(of.apply(tokens), 4, 3, 5), of.apply(table), of.apply(out), stream));

        out.assertBf16("out", 0);
        assertThat(out.foundBytes()).startsWith(0xC0, 0x7F);
    }

    /** Among 1031 rows many share a token, one never comes, some are outside. */
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "6, 8", "1031, 40", "1030, 264", "9, 4104", "9, 8200"})
    default void addsTheGradientOfAnEmbedding(int rows, int width) {
        TrainingBench bench = bench();
        int vocabulary = 5;
        Twin dOut = bench.normal((long) rows * width);
        Twin tokens = bench.ints(bench.random
                .ints(rows, -1, vocabulary + 1)
                .map(v -> v == 3 ? 2 : v)
                .toArray());
        Twin dTable = bench.normal((long) vocabulary * width);

        bench.run((kernels, of, stream) -> kernels.embedGradient(
                new Lookup(of.apply(tokens), rows, vocabulary, width), of.apply(dOut), of.apply(dTable), stream));

        dTable.assertBf16("dTable", rows * 4 * FP32 * Math.sqrt(rows));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "2, 8", "300, 40", "3, 257", "3, 4096", "2, 4104", "2, 8200", "1, 12288"})
    default void rmsNormWithDeltaAndItsGradient(int rows, int width) {
        TrainingBench bench = bench();
        long elements = (long) rows * width;
        Twin before = bench.normal(elements);
        Twin delta = bench.normal(elements);
        Twin after = bench.poisonedBf16(elements);
        Twin weight = bench.normal(width, 1, 0.2);
        Twin out = bench.poisonedBf16(elements);
        Twin rstd = bench.poisoned(4L * rows);
        Twin dOut = bench.normal(elements);
        Twin dResidual = bench.normal(elements);
        Twin dWeight = bench.normal(width);
        Twin scratch = bench.poisoned(TrainingKernels.scratchBytes(rows, width));

        bench.run((kernels, of, stream) -> {
            Normalization norm = new Normalization(
                    rows,
                    width,
                    of.apply(weight),
                    Optional.empty(),
                    1e-5f,
                    new Statistics(Optional.empty(), of.apply(rstd)));
            kernels.norm(
                    norm,
                    new Residual(of.apply(before), Optional.of(of.apply(delta)), of.apply(after)),
                    of.apply(out),
                    stream);
            kernels.normGradient(
                    norm,
                    of.apply(dOut),
                    of.apply(after),
                    new Gradients(of.apply(dResidual), of.apply(dWeight), Optional.empty()),
                    of.apply(scratch),
                    stream);
        });

        after.assertSameBits("after");
        before.assertSameBits("before");
        rstd.assertFp32("rstd", 16, 0);
        out.assertBf16("out", 0);
        dResidual.assertBf16("dResidual", 1e-4);
        dWeight.assertBf16("dWeight", 1e-5 * rows);
        assertThat(scratch.foundBytes()).hasSize(Math.toIntExact(TrainingKernels.scratchBytes(rows, width)));
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "3, 7", "2, 8", "300, 40", "3, 257", "3, 4096", "2, 8200", "1, 12288"})
    default void layerNormInPlaceAndItsGradient(int rows, int width) {
        TrainingBench bench = bench();
        long elements = (long) rows * width;
        Twin residual = bench.normal(elements, 3, 1);
        Twin delta = bench.normal(elements);
        Twin weight = bench.normal(width, 1, 0.2);
        Twin bias = bench.normal(width);
        Twin out = bench.poisonedBf16(elements);
        Twin mean = bench.poisoned(4L * rows);
        Twin rstd = bench.poisoned(4L * rows);
        Twin dOut = bench.normal(elements);
        Twin dResidual = bench.normal(elements);
        Twin dWeight = bench.normal(width);
        Twin dBias = bench.normal(width);
        Twin scratch = bench.poisoned(TrainingKernels.scratchBytes(rows, width));

        bench.run((kernels, of, stream) -> {
            Normalization norm = new Normalization(
                    rows,
                    width,
                    of.apply(weight),
                    Optional.of(of.apply(bias)),
                    1e-2f,
                    new Statistics(Optional.of(of.apply(mean)), of.apply(rstd)));
            kernels.norm(
                    norm,
                    new Residual(of.apply(residual), Optional.of(of.apply(delta)), of.apply(residual)),
                    of.apply(out),
                    stream);
            kernels.normGradient(
                    norm,
                    of.apply(dOut),
                    of.apply(residual),
                    new Gradients(of.apply(dResidual), of.apply(dWeight), Optional.of(of.apply(dBias))),
                    of.apply(scratch),
                    stream);
        });

        residual.assertSameBits("residual");
        mean.assertFp32("mean", 16, 1e-6);
        rstd.assertFp32("rstd", 32, 0);
        out.assertBf16("out", 1e-5);
        dResidual.assertBf16("dResidual", 1e-4);
        dWeight.assertBf16("dWeight", 1e-5 * rows);
        dBias.assertBf16("dBias", 1e-5 * rows);
        assertThat(scratch.foundBytes()).isNotEmpty();
    }

    @Test
    default void withoutDeltaTheResidualIsOnlyRead() {
        TrainingBench bench = bench();
        Twin residual = bench.normal(2 * 24);
        Twin weight = bench.normal(24);
        Twin out = bench.poisonedBf16(2 * 24);
        Twin rstd = bench.poisoned(8);

        bench.run((kernels, of, stream) -> {
            Statistics statistics = new Statistics(Optional.empty(), of.apply(rstd));
            kernels.norm(
                    new Normalization(2, 24, of.apply(weight), Optional.empty(), 1e-6f, statistics),
                    new Residual(of.apply(residual), Optional.empty(), of.apply(residual)),
                    of.apply(out),
                    stream);
        });

        residual.assertSameBits("residual");
        out.assertBf16("out", 0);
    }

    /** Behind the turned heads of a row lies what must stay; positions up to 8191. */
    @ParameterizedTest
    @CsvSource({"1, 1, 2, 2, 1", "5, 3, 6, 25, 4", "3, 9, 64, 640, 2", "2, 17, 128, 2304, 2", "8193, 1, 16, 16, 8192"})
    default void ropeTurnsForthAndBack(int rows, int heads, int headSize, int stride, int sequence) {
        TrainingBench bench = bench();
        RopeShape shape = new RopeShape(rows, heads, headSize, stride, sequence, 10_000);
        Twin x = bench.normal((long) rows * stride);

        bench.run((kernels, of, stream) -> kernels.rope(of.apply(x), shape, Rotation.FORWARD, stream));
        x.assertBf16("turned", 1e-5);

        bench.run((kernels, of, stream) -> kernels.rope(of.apply(x), shape, Rotation.BACKWARD, stream));
        x.assertBf16("turned back", 0.04);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 8", "3, 7", "5, 40", "33, 129"})
    default void swiGluAndItsGradientInPlace(int rows, int width) {
        TrainingBench bench = bench();
        long elements = (long) rows * width;
        Twin gateUp = bench.normal(2 * elements, 0, 3);
        Twin dOut = bench.normal(elements);
        Twin out = bench.poisonedBf16(elements);

        bench.run((kernels, of, stream) -> {
            kernels.swiGlu(of.apply(gateUp), rows, width, of.apply(out), stream);
            kernels.swiGluGradient(of.apply(dOut), of.apply(gateUp), rows, width, of.apply(gateUp), stream);
        });

        out.assertBf16("out", 0);
        gateUp.assertBf16("dGateUp", 1e-5);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 8", "3, 7", "5, 40", "33, 129"})
    default void geluWithBiasAndItsGradientInPlace(int rows, int width) {
        TrainingBench bench = bench();
        long elements = (long) rows * width;
        Twin x = bench.normal(elements, 0, 2);
        Twin bias = bench.normal(width);
        Twin dOut = bench.normal(elements);
        Twin out = bench.poisonedBf16(elements);

        bench.run((kernels, of, stream) -> {
            kernels.gelu(of.apply(x), of.apply(bias), rows, width, of.apply(out), stream);
            kernels.geluGradient(of.apply(dOut), of.apply(x), of.apply(bias), rows, width, of.apply(dOut), stream);
        });

        out.assertBf16("out", 1e-6);
        dOut.assertBf16("dX", 1e-5);
        x.assertSameBits("x");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "70, 8", "33, 264", "2100, 260", "5, 4104"})
    default void addsBiasesAndSumsTheirGradient(int rows, int width) {
        TrainingBench bench = bench();
        Twin x = bench.normal((long) rows * width);
        Twin bias = bench.normal(width);
        Twin dBias = bench.normal(width);
        Twin scratch = bench.poisoned(TrainingKernels.scratchBytes(rows, width));

        bench.run((kernels, of, stream) -> {
            kernels.biasGradient(of.apply(x), rows, width, of.apply(dBias), of.apply(scratch), stream);
            kernels.addBias(of.apply(x), of.apply(bias), rows, width, stream);
        });

        x.assertSameBits("x + bias");
        dBias.assertBf16("dBias", 1e-5 * rows);
        assertThat(scratch.foundBytes()).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 300, 4104, 32_000})
    default void crossEntropyAndItsGradient(int vocabulary) {
        TrainingBench bench = bench();
        float scale = 0.125f;
        Twin logits = bench.normal(4L * vocabulary, 5, 4);
        Twin targets = bench.ints(0, -1, vocabulary - 1, vocabulary);
        Twin losses = bench.poisoned(16);

        bench.run((kernels, of, stream) -> kernels.crossEntropy(
                of.apply(logits), of.apply(targets), 4, vocabulary, scale, of.apply(losses), stream));

        losses.assertFp32("losses", 4, 4e-5);
        logits.assertBf16("gradient", scale * 4e-5);
        assertThat(losses.foundBytes()).as("loss of target -1").containsSequence(0, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 2_200_003})
    default void sumsSquaresAndClips(int elements) {
        TrainingBench bench = bench();
        Twin narrow = bench.normal(elements);
        Twin wide = bench.fp32(elements, 0, 1);
        long parts = (long) TrainingKernels.SQUARE_PARTS * Double.BYTES;
        Twin partials = bench.poisoned(2 * parts);
        Twin sum = bench.poisoned(4);
        Twin clipped = bench.poisoned(8);
        Twin free = bench.poisoned(8);

        bench.run((kernels, of, stream) -> {
            Tensor bf16 = new Tensor(of.apply(narrow), ElementType.BF16, elements);
            Tensor fp32 = new Tensor(of.apply(wide), ElementType.FP32, elements);
            kernels.sumOfSquares(bf16, of.apply(partials), stream);
            kernels.sumOfSquares(fp32, of.apply(partials).slice(parts, parts), stream);
            kernels.sumPartials(of.apply(partials), 2L * TrainingKernels.SQUARE_PARTS, of.apply(sum), stream);
            kernels.clipScale(of.apply(sum), 0.25f, 1e-3f, of.apply(clipped), stream);
            kernels.clipScale(of.apply(sum), 0.25f, Float.POSITIVE_INFINITY, of.apply(free), stream);
        });

        sum.assertFp32("sum", 4, 0);
        clipped.assertFp32("clipped scale and norm", 16, 0);
        free.assertFp32("scale and norm", 16, 0);
        assertThat(partials.foundBytes()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "BF16, BF16, 8, 0, 0, false",
        "BF16, FP32, 2051, 8, 16, true",
        "FP32, BF16, 2051, 3, 16, false",
        "FP32, FP32, 2051, 4, 8, true",
        "BF16, BF16, 1000, 1, 5, true",
        "FP32, BF16, 1, 1, 1, true"
    })
    default void carriesFromAnyElementToAnyOther(
            ElementType fromType, ElementType toType, int elements, int fromAt, int toAt, boolean add) {
        TrainingBench bench = bench();
        Twin from = bench.normal(fromType, fromAt + elements);
        Twin to = bench.normal(toType, toAt + elements + 3);

        bench.run((kernels, of, stream) -> kernels.carry(
                piece(of.apply(from), fromType, fromAt, elements),
                piece(of.apply(to), toType, toAt, elements),
                add,
                stream));

        if (add && toType == ElementType.BF16) {
            to.assertBf16("to", 0);
        } else {
            to.assertSameBits("to");
        }
        from.assertSameBits("from");
    }

    private static Tensor piece(DeviceMemory memory, ElementType type, long at, long elements) {
        return new Tensor(memory.slice(at * type.bytes(), elements * type.bytes()), type, elements);
    }

    @ParameterizedTest
    @CsvSource({"1, BF16", "7, BF16", "8, BF16", "2051, BF16", "1, FP32", "16, FP32", "2051, FP32"})
    default void adamWStepsAsTheOracle(int elements, ElementType gradientType) {
        TrainingBench bench = bench();
        Twin master = bench.fp32(elements, 0, 1);
        Twin m = bench.fp32(elements, 0, 0.1);
        Twin v = bench.squares(elements, 0.1);
        Twin gradient = bench.normal(gradientType, elements);
        Twin scale = bench.floats(0.5);
        Twin weight = bench.poisonedBf16(elements);

        bench.run((kernels, of, stream) -> {
            for (int step = 3; step < 6; step++) {
                kernels.adamW(
                        new AdamW(1e-2, 0.9, 0.95, 1e-8, 0.1, step),
                        new AdamW.States(of.apply(master), of.apply(m), of.apply(v)),
                        new Tensor(of.apply(gradient), gradientType, elements),
                        of.apply(scale),
                        of.apply(weight),
                        stream);
            }
        });

        m.assertFp32("m", 8, 1e-6);
        v.assertFp32("v", 16, 0);
        master.assertFp32("master", 4, 1e-6);
        weight.assertBf16("weight", 1e-6);
        gradient.assertSameBits("gradient");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 2051})
    default void initialWeightsAreTheOraclesBitForBit(int elements) {
        TrainingBench bench = bench();
        long seed = bench.random.nextLong();
        Twin master = bench.poisoned(4L * elements);
        Twin weight = bench.poisonedBf16(elements);

        bench.run((kernels, of, stream) -> kernels.initNormal(
                of.apply(master),
                of.apply(weight),
                elements,
                new SeededNormal(seed, (1L << 33) + 3, 0.25, 0.02),
                stream));

        master.assertSameBits("master");
        weight.assertSameBits("weight");
    }

    @Test
    default void sumsAreTheSameBitsEveryTime() {
        TrainingBench bench = bench();
        int rows = 301;
        int width = 88;
        Twin dOut = bench.normal((long) rows * width);
        Twin scratch = bench.poisoned(TrainingKernels.scratchBytes(rows, width));
        Twin first = bench.normal(width, 0, 0);
        Twin second = bench.normal(width, 0, 0);

        bench.runTested((kernels, of, stream) -> {
            kernels.biasGradient(of.apply(dOut), rows, width, of.apply(first), of.apply(scratch), stream);
            kernels.biasGradient(of.apply(dOut), rows, width, of.apply(second), of.apply(scratch), stream);
        });

        assertThat(first.foundBytes()).isEqualTo(second.foundBytes());
    }

    /** Both are made of integers or of one rounding each, so they are alike bit for bit. */
    @ParameterizedTest
    @CsvSource({"16, 16, E4M3", "16, 16, E5M2", "64, 64, E4M3", "48, 208, E5M2", "1040, 80, E4M3", "80, 1040, E5M2"})
    default void quantizes(int rows, int width, ElementType type) {
        TrainingBench bench = bench();
        int elements = rows * width;
        SmallFloat format = type == ElementType.E4M3 ? SmallFloat.E4M3 : SmallFloat.E5M2;
        Twin x = bench.normal(elements, 0, Math.exp(4 * bench.random.nextGaussian()));
        Twin out = bench.poisoned(elements);
        Twin both = bench.poisoned(elements);
        Twin transposed = bench.poisoned(elements);
        Twin alone = bench.poisoned(elements);
        Twin[] scales = {bench.poisoned(4), bench.poisoned(4), bench.poisoned(4)};
        Twin scratch = bench.poisoned(TrainingKernels.QUANTIZE_SCRATCH);

        bench.run((kernels, of, stream) -> {
            Optional<DeviceMemory> none = Optional.empty();
            Optional<DeviceMemory> lying = Optional.of(of.apply(both));
            List<Quantized> ways = List.of(
                    new Quantized(type, Optional.of(of.apply(out)), none, of.apply(scales[0])),
                    new Quantized(type, lying, Optional.of(of.apply(transposed)), of.apply(scales[1])),
                    new Quantized(type, none, Optional.of(of.apply(alone)), of.apply(scales[2])));
            ways.forEach(way -> kernels.quantize(of.apply(x), rows, width, way, of.apply(scratch), stream));
        });

        out.assertFp8("out", format);
        both.assertFp8("out beside the transposed", format);
        transposed.assertFp8("transposed", format);
        alone.assertFp8("transposed alone", format);
        for (Twin scale : scales) {
            scale.assertFp32("scale", 0, 0);
        }
        x.assertSameBits("x");
        byte[] bytes = out.foundBytes();
        int largest = 0;
        for (byte each : bytes) {
            largest = Math.max(largest, each & 0x7F);
        }
        assertThat(format.toFloat(largest))
                .as("the largest is the type's")
                .isEqualTo(type == ElementType.E4M3 ? 448 : 57_344);
    }

    /** Zeros, the smallest numbers that there are, and what is no number. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0x1p-133, 0x1p-120, 3e38, Double.POSITIVE_INFINITY, Double.NaN})
    default void quantizesTheSmallestAndTheLargest(double value) {
        for (ElementType type : new ElementType[] {ElementType.E4M3, ElementType.E5M2}) {
            TrainingBench bench = bench();
            SmallFloat format = type == ElementType.E4M3 ? SmallFloat.E4M3 : SmallFloat.E5M2;
            Twin x = bench.bf16(16 * 16, i -> i == 37 ? value : i % 2 == 0 ? 0 : value / 3);
            Twin out = bench.poisoned(16 * 16);
            Twin transposed = bench.poisoned(16 * 16);
            Twin scale = bench.poisoned(4);
            Twin scratch = bench.poisoned(TrainingKernels.QUANTIZE_SCRATCH);

            bench.run((kernels, of, stream) -> {
                Quantized to = new Quantized(
                        type, Optional.of(of.apply(out)), Optional.of(of.apply(transposed)), of.apply(scale));
                kernels.quantize(of.apply(x), 16, 16, to, of.apply(scratch), stream);
            });

            out.assertFp8("out", format);
            transposed.assertFp8("transposed", format);
            boolean lost = !Double.isFinite(value);
            if (!lost) {
                scale.assertSameBits("scale");
            }
            assertThat(Float.isNaN(format.toFloat(out.foundBytes()[37] & 0xFF))).isEqualTo(lost);
        }
    }
}
