package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.LinearDefinition;
import dev.assay.device.Stream;
import dev.assay.training.MatrixPrecision;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The three GEMMs of a linear layer against their definitions. */
class LinearTest {
    private final ReferenceDevice device = new ReferenceDevice("node", 0);
    private final Stream stream = device.newStream();
    private final long seed = new Random().nextLong();

    @AfterEach
    void close() {
        stream.close();
        device.close();
    }

    /** Rows that fill the tiles of four, and rows that do not. */
    @ParameterizedTest
    @CsvSource({"1, 8, 8", "7, 24, 16", "64, 256, 8", "33, 72, 136", "35, 136, 40", "66, 40, 72"})
    void everyElementIsTheSumOfItsProducts(int rows, int inputs, int outputs) {
        for (LinearPass pass : LinearPass.values()) {
            for (ElementType output : new ElementType[] {ElementType.BF16, ElementType.FP32}) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    Operands operands = new Operands(new LinearGemm(pass, rows, inputs, outputs, output, accumulate));
                    Matrix expected = operands.expected();

                    operands.multiply();

                    assertEqual(operands.c(), expected, operands.gemm);
                }
            }
        }
    }

    /** As FP8 lies, with scales that are powers of two and so round nothing. */
    @ParameterizedTest
    @EnumSource
    void fp8IsMultipliedByItsScales(LinearPass pass) {
        LinearGemm gemm = new LinearGemm(pass, 48, 32, 16, ElementType.FP32, true, MatrixPrecision.FP8);
        Operands operands = new Operands(gemm);
        Matrix once = operands.expected();
        float[] before = operands.c().floats(gemm.elementsOfC());

        operands.multiply();
        assertEqual(operands.c(), once, gemm);

        float[] unscaled = new float[before.length];
        for (int i = 0; i < before.length; i++) {
            unscaled[i] = (float) once.get(i) - before[i];
        }
        device.fillMatrix(operands.memoryC, gemm.output(), gemm.elementsOfC(), seed + 2, stream);
        DeviceMemory scales = device.allocate(8);
        scales.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.25f)
                .putFloat(16)
                .array());
        try (GemmRunner runner = device.newLinear(gemm)) {
            runner.scaleBy(scales.slice(0, 4), scales.slice(4, 4));
            runner.enqueue(operands.memoryA, operands.memoryB, operands.memoryC, stream);
        }
        stream.synchronize(Duration.ofSeconds(10));

        for (int i = 0; i < before.length; i++) {
            assertThat(operands.c().get(i)).isCloseTo(before[i] + 4 * unscaled[i], within(1e-4));
        }
    }

    @Test
    void bf16HasNoScales() {
        LinearGemm gemm = new LinearGemm(LinearPass.FORWARD, 5, 8, 16, ElementType.FP32, false);
        DeviceMemory scale = device.allocate(4);
        try (GemmRunner runner = device.newLinear(gemm)) {
            assertThatThrownBy(() -> runner.scaleBy(scale, scale)).hasMessageContaining("must be of FP8");
        }
    }

    @ParameterizedTest
    @EnumSource
    void accumulatingTwiceAddsTwice(LinearPass pass) {
        Operands operands = new Operands(new LinearGemm(pass, 9, 16, 24, ElementType.FP32, true));
        operands.memoryC.write(new byte[Math.toIntExact(operands.gemm.bytesOfC())]);

        operands.multiply();
        float[] once = operands.c().floats(operands.gemm.elementsOfC());
        operands.multiply();
        float[] twice = operands.c().floats(operands.gemm.elementsOfC());

        for (int i = 0; i < once.length; i++) {
            assertThat(twice[i]).isCloseTo(2 * once[i], within(1e-5f));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasThereDoesNotShineThrough(LinearPass pass) {
        Operands operands = new Operands(new LinearGemm(pass, 5, 8, 16, ElementType.BF16, false));
        device.poison(operands.memoryC, stream);

        operands.multiply();

        assertThat(operands.c().floats(operands.gemm.elementsOfC())).doesNotContain(Float.NaN);
    }

    /** The oracle of sums over chunks of rows: accumulating two halves is the whole, to the rounding of the first. */
    @Test
    void aWeightGradientMayComeInChunks() {
        LinearGemm whole = new LinearGemm(LinearPass.WEIGHT_GRADIENT, 64, 24, 16, ElementType.FP32, true);
        Operands operands = new Operands(whole);
        operands.memoryC.write(new byte[Math.toIntExact(whole.bytesOfC())]);
        operands.multiply();
        float[] expected = operands.c().floats(whole.elementsOfC());

        operands.memoryC.write(new byte[Math.toIntExact(whole.bytesOfC())]);
        try (GemmRunner half = device.newLinear(new LinearGemm(whole.pass(), 32, 24, 16, ElementType.FP32, true))) {
            for (int chunk = 0; chunk < 2; chunk++) {
                DeviceMemory gradient = operands.memoryA.slice(chunk * whole.bytesOfA() / 2, whole.bytesOfA() / 2);
                DeviceMemory input = operands.memoryB.slice(chunk * whole.bytesOfB() / 2, whole.bytesOfB() / 2);
                half.enqueue(gradient, input, operands.memoryC, stream);
            }
        }
        stream.synchronize(Duration.ofSeconds(10));

        assertThat(operands.c().floats(whole.elementsOfC())).containsExactly(expected, within(1e-5f));
    }

    @Test
    void memoryThatIsTooSmallIsRefused() {
        LinearGemm gemm = new LinearGemm(LinearPass.WEIGHT_GRADIENT, 5, 8, 16, ElementType.FP32, false);
        Operands operands = new Operands(gemm);
        try (GemmRunner runner = device.newLinear(gemm)) {
            assertThatThrownBy(() -> runner.enqueue(operands.memoryB, operands.memoryB, operands.memoryC, stream))
                    .hasMessageContainingAll("A of the GEMM weight-gradient", "80 BF16 elements");
            assertThatThrownBy(() -> runner.enqueue(operands.memoryA, operands.memoryB, operands.memoryA, stream))
                    .hasMessageContainingAll("C of the GEMM weight-gradient", "128 FP32 elements");
        }
    }

    @Test
    void itsAlgorithmIsItsOwn() {
        try (GemmRunner runner =
                device.newLinear(new LinearGemm(LinearPass.FORWARD, 5, 8, 16, ElementType.FP32, false))) {
            runner.choose(runner.candidates().get(0));

            assertThat(runner.describe()).isEqualTo("reference ASCENDING");
            assertThatThrownBy(() -> runner.choose("SPLIT_K".getBytes(StandardCharsets.UTF_8)))
                    .hasMessageContainingAll("forward 5x8x16 fp32", "ASCENDING", "SPLIT_K");
        }
    }

    private static void assertEqual(Matrix found, Matrix expected, LinearGemm gemm) {
        for (long i = 0; i < gemm.elementsOfC(); i++) {
            if (found.get(i) != expected.get(i)) {
                assertThat(found.get(i)).as("element %d of %s", i, gemm.label()).isEqualTo(expected.get(i));
            }
        }
    }

    /** All of them filled, C too. */
    private final class Operands {
        private final LinearGemm gemm;
        private final DeviceMemory memoryA;
        private final DeviceMemory memoryB;
        private final DeviceMemory memoryC;

        Operands(LinearGemm gemm) {
            this.gemm = gemm;
            memoryA = device.allocate(gemm.bytesOfA());
            memoryB = device.allocate(gemm.bytesOfB());
            memoryC = device.allocate(gemm.bytesOfC());
            device.fillMatrix(memoryA, gemm.precision().a(), gemm.elementsOfA(), seed, stream);
            device.fillMatrix(memoryB, gemm.precision().b(), gemm.elementsOfB(), seed + 1, stream);
            device.fillMatrix(memoryC, gemm.output(), gemm.elementsOfC(), seed + 2, stream);
            stream.synchronize(Duration.ofSeconds(10));
        }

        Matrix c() {
            return Matrix.of("C", memoryC, gemm.output(), gemm.elementsOfC());
        }

        void multiply() {
            try (GemmRunner runner = device.newLinear(gemm)) {
                runner.enqueue(memoryA, memoryB, memoryC, stream);
            }
            stream.synchronize(Duration.ofSeconds(10));
        }

        /** By definition, from what C holds now. */
        Matrix expected() {
            Matrix a = Matrix.of("A", memoryA, gemm.precision().a(), gemm.elementsOfA());
            Matrix b = Matrix.of("B", memoryB, gemm.precision().b(), gemm.elementsOfB());
            Matrix result = Matrix.of("C", device.allocate(gemm.bytesOfC()), gemm.output(), gemm.elementsOfC());
            for (long at = 0; at < gemm.elementsOfC(); at++) {
                double sum = LinearDefinition.element(gemm, a::get, b::get, at);
                result.set(at, gemm.accumulate() ? c().get(at) + sum : sum);
            }
            return result;
        }
    }
}
