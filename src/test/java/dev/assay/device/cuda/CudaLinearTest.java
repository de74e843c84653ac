package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.LinearDefinition;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.MatrixPrecision;
import dev.assay.workload.ElementType;
import dev.assay.workload.LinearGemm;
import dev.assay.workload.LinearPass;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The three GEMMs of a linear layer against the reference device and against fp64, on GPU 0. */
class CudaLinearTest extends GpuTest {
    private static final int SAMPLES = 64;

    private final Device oracle = new ReferenceDevice("oracle", 0);
    private final Stream oracleStream = oracle.newStream();
    private final List<DeviceMemory> taken = new ArrayList<>();

    @AfterEach
    void free() {
        taken.forEach(DeviceMemory::close);
        taken.clear();
    }

    @AfterAll
    void closeOracle() {
        oracleStream.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 8, 8", "7, 24, 16", "77, 40, 264", "131, 1000, 72", "333, 512, 256"})
    void everyElementIsTheReferencesByEveryCandidate(int rows, int inputs, int outputs) {
        for (LinearPass pass : LinearPass.values()) {
            for (ElementType output : new ElementType[] {ElementType.BF16, ElementType.FP32}) {
                for (boolean accumulate : new boolean[] {false, true}) {
                    LinearGemm gemm = new LinearGemm(pass, rows, inputs, outputs, output, accumulate);
                    try (GemmRunner runner = device.newLinear(gemm);
                            GemmRunner reference = oracle.newLinear(gemm)) {
                        assertThat(runner.candidates()).isNotEmpty();
                        for (byte[] candidate : runner.candidates()) {
                            runner.choose(candidate);
                            assertAlike(gemm, runner, reference);
                        }
                    }
                    free();
                }
            }
        }
    }

    private void assertAlike(LinearGemm gemm, GemmRunner runner, GemmRunner reference) {
        Twin a = normal(ElementType.BF16, gemm.elementsOfA());
        Twin b = normal(ElementType.BF16, gemm.elementsOfB());
        Twin c = gemm.accumulate()
                ? normal(gemm.output(), gemm.elementsOfC())
                : Twin.poisoned(oracle, this::allocate, gemm.bytesOfC());

        reference.enqueue(a.expected(), b.expected(), c.expected(), oracleStream);
        oracleStream.synchronize(DEADLINE);
        runner.enqueue(a.found(), b.found(), c.found(), stream);
        stream.synchronize(DEADLINE);

        String what = gemm.label() + " by " + runner.describe();
        if (gemm.output() == ElementType.BF16) {
            double largest = 6 * Math.sqrt(LinearDefinition.depth(gemm));
            c.assertBf16(what, accumulationError(gemm) + productRounding(gemm, largest));
        } else {
            c.assertFp32(what, 1, accumulationError(gemm));
        }
        a.assertSameBits("A of " + what);
        b.assertSameBits("B of " + what);
    }

    /**
     * In FP8, times scales that are no powers of two. Forward runs in cuBLAS's fast mode; the error is {@link
     * dev.assay.device.FreivaldsBound}'s for an element, of normal products.
     */
    @ParameterizedTest
    @CsvSource({"16, 16, 16", "48, 32, 80", "128, 1008, 272", "1008, 128, 16", "336, 512, 256", "4096, 48, 32"})
    void everyElementOfFp8IsTheReferencesByEveryCandidate(int rows, int inputs, int outputs) {
        for (LinearPass pass : LinearPass.values()) {
            for (boolean accumulate : new boolean[] {false, true}) {
                LinearGemm gemm =
                        new LinearGemm(pass, rows, inputs, outputs, ElementType.BF16, accumulate, MatrixPrecision.FP8);
                Twin scaleA = Twin.fp32(oracle, this::allocate, 1, i -> 0.3);
                Twin scaleB = Twin.fp32(oracle, this::allocate, 1, i -> 1.7);
                try (GemmRunner runner = device.newLinear(gemm);
                        GemmRunner reference = oracle.newLinear(gemm)) {
                    runner.scaleBy(scaleA.found(), scaleB.found());
                    reference.scaleBy(scaleA.expected(), scaleB.expected());
                    for (byte[] candidate : runner.candidates()) {
                        runner.choose(candidate);
                        assertFp8Alike(gemm, runner, reference);
                    }
                }
                free();
            }
        }
    }

    private void assertFp8Alike(LinearGemm gemm, GemmRunner runner, GemmRunner reference) {
        Twin a = filled(gemm.precision().a(), gemm.elementsOfA(), seed);
        Twin b = filled(gemm.precision().b(), gemm.elementsOfB(), seed + 1);
        Twin c = gemm.accumulate()
                ? normal(gemm.output(), gemm.elementsOfC())
                : Twin.poisoned(oracle, this::allocate, gemm.bytesOfC());

        reference.enqueue(a.expected(), b.expected(), c.expected(), oracleStream);
        oracleStream.synchronize(DEADLINE);
        runner.enqueue(a.found(), b.found(), c.found(), stream);
        stream.synchronize(DEADLINE);

        int k = LinearDefinition.depth(gemm);
        double size = 0.3 * 1.7 * Math.sqrt(k);
        double fast = 4 * (k / 32.0 + 32) * 0x1p-13 * size;
        c.assertBf16(gemm.label() + " by " + runner.describe(), fast + productRounding(gemm, 6 * size));
    }

    /** The same values on both sides, as the generator makes them in that type. */
    private Twin filled(ElementType type, long elements, long from) {
        Twin twin = Twin.poisoned(oracle, this::allocate, type.bytes() * elements);
        oracle.fillMatrix(twin.expected(), type, elements, from, oracleStream);
        device.fillMatrix(twin.found(), type, elements, from, stream);
        return twin;
    }

    /** Without scales of its own it multiplies by 1. */
    @ParameterizedTest
    @EnumSource
    void fp8IsUnscaledUntilItIsScaled(LinearPass pass) {
        LinearGemm gemm = new LinearGemm(pass, 64, 48, 32, ElementType.BF16, false, MatrixPrecision.FP8);
        Twin ones = Twin.fp32(oracle, this::allocate, 1, i -> 1);
        Twin a = filled(gemm.precision().a(), gemm.elementsOfA(), seed);
        Twin b = filled(gemm.precision().b(), gemm.elementsOfB(), seed + 1);
        DeviceMemory c = allocate(gemm.bytesOfC());
        try (GemmRunner runner = device.newLinear(gemm)) {
            runner.enqueue(a.found(), b.found(), c, stream);
            long unscaled = device.checksum(c, c.bytes(), stream);
            device.poison(c, stream);
            runner.scaleBy(ones.found(), ones.found());
            runner.enqueue(a.found(), b.found(), c, stream);

            assertThat(device.checksum(c, c.bytes(), stream)).isEqualTo(unscaled);
        }
    }

    /** The shapes of Llama-2-7B at a micro-batch of 4, its head's in a chunk, and rows that no tile divides. */
    @ParameterizedTest
    @CsvSource({
        "8192, 4096, 12288",
        "8192, 4096, 4096",
        "8192, 4096, 22016",
        "8192, 11008, 4096",
        "2048, 4096, 32000",
        "4095, 4096, 11008"
    })
    void sampledElementsOfTrainingShapesAreRight(int rows, int inputs, int outputs) {
        for (LinearPass pass : LinearPass.values()) {
            for (ElementType output : new ElementType[] {ElementType.BF16, ElementType.FP32}) {
                boolean accumulate = pass == LinearPass.WEIGHT_GRADIENT;
                assertSamples(new LinearGemm(pass, rows, inputs, outputs, output, accumulate));
            }
        }
    }

    private void assertSamples(LinearGemm gemm) {
        try (LinearOperands operands = new LinearOperands(device, gemm, seed, stream);
                GemmRunner runner = device.newLinear(gemm)) {
            runner.enqueue(operands.a, operands.b, operands.c, stream);
            stream.synchronize(DEADLINE);

            assertElement(operands, 0);
            assertElement(operands, gemm.elementsOfC() - 1);
            for (int i = 0; i < SAMPLES; i++) {
                assertElement(operands, random.nextLong(gemm.elementsOfC()));
            }
        }
    }

    private static void assertElement(LinearOperands operands, long at) {
        LinearGemm gemm = operands.gemm;
        double exact = operands.exact(at);
        double rounding = Math.abs(exact) * (gemm.output() == ElementType.BF16 ? 0x1p-8 : 0x1p-23);
        assertThat(operands.found(at))
                .as("element %d of %s", at, gemm.label())
                .isCloseTo(
                        exact,
                        within(rounding
                                + accumulationError(gemm)
                                + productRounding(gemm, exact - operands.before(at))));
    }

    /** cuBLASLt 13.1 rounds a product to bf16 before it adds it to bf16: seen on an H200. */
    private static double productRounding(LinearGemm gemm, double product) {
        return gemm.accumulate() && gemm.output() == ElementType.BF16 ? 0x1p-8 * Math.abs(product) : 0;
    }

    /** Of fp32 sums of normal products, generously. */
    private static double accumulationError(LinearGemm gemm) {
        int k = LinearDefinition.depth(gemm);
        return (k + 32) * 0x1p-23 * Math.sqrt(k);
    }

    /** Few elements, each a long sum: what invites algorithms that split it. */
    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"BF16", "FP32"})
    void everyCandidateGivesTheSameBitsEveryTime(ElementType output) {
        LinearGemm gemm = new LinearGemm(LinearPass.WEIGHT_GRADIENT, 16_383, 512, 384, output, true);
        try (LinearOperands operands = new LinearOperands(device, gemm, seed, stream);
                GemmRunner runner = device.newLinear(gemm)) {
            for (byte[] candidate : runner.candidates()) {
                runner.choose(candidate);
                long first = digest(operands, runner, stream);
                for (int i = 0; i < 5; i++) {
                    assertThat(digest(operands, runner, stream))
                            .as(runner.describe())
                            .isEqualTo(first);
                }
                assertElement(operands, random.nextLong(gemm.elementsOfC()));
            }
        }
    }

    @Test
    void streamsInTurnDoNotDisturbEachOthersWorkspace() {
        LinearGemm gemm = new LinearGemm(LinearPass.WEIGHT_GRADIENT, 16_384, 512, 384, ElementType.BF16, false);
        try (Stream other = device.newStream();
                LinearOperands here = new LinearOperands(device, gemm, seed, stream);
                LinearOperands there = new LinearOperands(device, gemm, seed + 10, other);
                GemmRunner first = device.newLinear(gemm);
                GemmRunner second = device.newLinear(gemm)) {
            for (byte[] candidate : first.candidates()) {
                first.choose(candidate);
                second.choose(candidate);
                long expectedHere = digest(here, first, stream);
                long expectedThere = digest(there, second, other);

                for (int i = 0; i < 10; i++) {
                    first.enqueue(here.a, here.b, here.c, stream);
                    second.enqueue(there.a, there.b, there.c, other);
                }

                assertThat(device.checksum(here.c, here.c.bytes(), stream)).isEqualTo(expectedHere);
                assertThat(device.checksum(there.c, there.c.bytes(), other)).isEqualTo(expectedThere);
            }
        }
    }

    @Test
    void manyShareOneWorkspace() {
        LinearGemm gemm = new LinearGemm(LinearPass.FORWARD, 64, 64, 64, ElementType.BF16, false);
        try (GemmRunner first = device.newLinear(gemm)) {
            assertThat(first.candidates()).isNotEmpty();
            long before = device.freeBytes();
            List<GemmRunner> more =
                    IntStream.range(0, 20).mapToObj(i -> device.newLinear(gemm)).toList();
            long taken = before - device.freeBytes();
            more.forEach(GemmRunner::close);

            assertThat(taken).isLessThan(GemmWorkspace.BYTES / 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void matricesMayBeginAtEverySixteenthByte(LinearPass pass) {
        LinearGemm gemm = new LinearGemm(pass, 37, 264, 136, ElementType.BF16, false);
        try (LinearOperands operands = new LinearOperands(device, gemm, seed, stream);
                GemmRunner runner = device.newLinear(gemm)) {
            long expected = digest(operands, runner, stream);
            DeviceMemory a = moved(operands.a, 16);
            DeviceMemory b = moved(operands.b, 48);
            DeviceMemory c = moved(operands.c, 80);
            device.poison(c, stream);

            runner.enqueue(a, b, c, stream);

            assertThat(device.checksum(c, c.bytes(), stream)).isEqualTo(expected);
            DeviceMemory crooked = moved(operands.b, 8);
            assertThatThrownBy(() -> runner.enqueue(a, crooked, c, stream))
                    .hasMessageContainingAll("B of a GEMM", "multiple of 16");
        }
    }

    /** If this fails, modules' weights that begin at every 16th byte cost speed: lay them out by 256. */
    @ParameterizedTest
    @EnumSource
    void lesserAlignmentTakesNoFavouriteAway(LinearPass pass) {
        LinearGemm gemm = new LinearGemm(pass, 8192, 4096, 12_288, ElementType.BF16, false);
        Multiplication asked = Multiplication.of(gemm);
        Multiplication aligned = new Multiplication(
                asked.label(),
                asked.precision(),
                asked.accumulate(),
                256,
                asked.first(),
                asked.second(),
                asked.result());
        try (CublasHandle blas = CublasHandle.create(TestLibraries.directories());
                GemmRunner linear = device.newLinear(gemm);
                GemmRunner strict = new CudaGemm(blas, aligned, GemmWorkspace.on("GPU 0"), "GPU 0")) {
            assertThat(linear.describe()).isEqualTo(strict.describe());
        }
    }

    private long digest(LinearOperands operands, GemmRunner runner, Stream on) {
        operands.resetC();
        runner.enqueue(operands.a, operands.b, operands.c, on);
        return device.checksum(operands.c, operands.c.bytes(), on);
    }

    /** A copy that begins this many bytes behind a multiple of 256. */
    private DeviceMemory moved(DeviceMemory memory, long offset) {
        DeviceMemory copy = allocate(memory.bytes() + offset).slice(offset, memory.bytes());
        copy.write(memory.read());
        return copy;
    }

    private Twin normal(ElementType type, long elements) {
        return type == ElementType.BF16
                ? Twin.bf16(oracle, this::allocate, elements, i -> random.nextGaussian())
                : Twin.fp32(oracle, this::allocate, elements, i -> random.nextGaussian());
    }

    private DeviceMemory allocate(long bytes) {
        DeviceMemory memory = device.allocate(bytes);
        taken.add(memory);
        return memory;
    }
}
