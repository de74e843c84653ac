package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.Bf16;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.measurement.Check;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The GEMM and its two checks against fp64 in Java, on GPU 0. */
class CudaGemmTest extends GpuTest {
    /** What the names say: off by this many standard deviations of C, Freivalds sees one element at these sizes. */
    private static final float GROSS = 8;

    @ParameterizedTest
    @CsvSource({"16, 16, 16", "77, 40, 24", "1, 8, 8", "130, 264, 88", "333, 72, 1000", "256, 512, 4096"})
    void everyElementIsRightByEveryCandidate(int m, int n, int k) {
        Gemm gemm = new Gemm(m, n, k);
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm)) {
            double[] exact = exact(gemm);
            assertThat(runner.candidates()).isNotEmpty();
            for (byte[] candidate : runner.candidates()) {
                runner.choose(candidate);
                device.poison(operands.c, stream);

                runner.enqueue(operands.a, operands.b, operands.c, stream);
                stream.synchronize(DEADLINE);

                assertClose(CudaDeviceTest.shorts(operands.c), exact, gemm, runner.describe());
                assertThat(operands.freivalds()).satisfies(CudaGemmTest::isRight);
                assertThat(operands.elements(64)).satisfies(CudaGemmTest::isRight);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 16, 16", "77, 40, 24", "130, 264, 88", "64, 1001, 33"})
    void freivaldsFindsOneWrongElement(int m, int n, int k) {
        Gemm gemm = new Gemm(m, n, k);
        try (Operands operands = new Operands(gemm)) {
            short[] right = rounded(exact(gemm));
            operands.c.write(CudaDeviceTest.bytes(right));
            assertThat(operands.freivalds()).satisfies(CudaGemmTest::isRight);

            for (float planted :
                    new float[] {GROSS * (float) Math.sqrt(k), Float.NaN, Float.POSITIVE_INFINITY, 3e38f}) {
                int at = random.nextInt(right.length);
                short[] wrong = right.clone();
                wrong[at] = Bf16.of(Bf16.toFloat(right[at]) + planted);
                operands.c.write(CudaDeviceTest.bytes(wrong));

                Check check = operands.freivalds();

                assertThat(check.wrong()).as("%s planted at %d", planted, at).isOne();
                assertThat(check.worst()).isGreaterThan(1).isFinite();
                assertThat(check.detail()).contains("the first is row " + at / n);
                assertThat(check.checked()).isEqualTo((long) m * n);
            }
        }
    }

    @Test
    void theElementCheckSeesOneUnitInTheLastPlaceTooMuch() {
        Gemm gemm = new Gemm(5, 3, 16);
        try (Operands operands = new Operands(gemm)) {
            short[] c = rounded(exact(gemm));
            operands.c.write(CudaDeviceTest.bytes(c));
            assertThat(operands.elements(1000)).satisfies(CudaGemmTest::isRight);

            int at = largest(c);
            c[at] = (short) (c[at] + 2);
            operands.c.write(CudaDeviceTest.bytes(c));
            Check check = operands.elements(1000);

            assertThat(check.wrong())
                    .as("about 1000 / 15 samples hit element %d", at)
                    .isBetween(20L, 150L);
            assertThat(check.detail()).contains("row " + at / 3 + ", column " + at % 3);
        }
    }

    @Test
    void whatWasNeverWrittenIsWrongEverywhere() {
        Gemm gemm = new Gemm(33, 24, 16);
        try (Operands operands = new Operands(gemm)) {
            device.poison(operands.c, stream);

            assertThat(operands.freivalds().wrong()).isEqualTo(33);
            assertThat(operands.elements(64).wrong()).isEqualTo(64);
        }
    }

    @Test
    void zerosTimesZerosAreRight() {
        Gemm gemm = new Gemm(8, 8, 8);
        try (Operands operands = new Operands(gemm)) {
            operands.a.write(new byte[128]);
            operands.c.write(new byte[128]);

            assertThat(operands.freivalds()).satisfies(CudaGemmTest::isRight);
        }
    }

    @Test
    void everyCandidateGivesTheSameBitsEveryTime() {
        Gemm gemm = new Gemm(512, 384, 16384);
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm)) {
            for (byte[] candidate : runner.candidates()) {
                runner.choose(candidate);
                long first = checksum(runner, operands);
                for (int i = 0; i < 5; i++) {
                    assertThat(checksum(runner, operands)).as(runner.describe()).isEqualTo(first);
                }
                assertThat(operands.freivalds()).satisfies(CudaGemmTest::isRight);
            }
        }
    }

    @Test
    void aForeignAlgorithmIsChecked() {
        Gemm gemm = new Gemm(256, 256, 256);
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm);
                GemmRunner other = device.newGemm(gemm)) {
            byte[] ours = runner.candidates().get(runner.candidates().size() - 1);
            other.choose(ours);
            assertThat(other.describe()).startsWith("cuBLASLt 1").contains("tile id ", "split-K ");

            assertThat(checksum(other, operands)).isEqualTo(checksum(chosen(runner, ours), operands));
            assertThatThrownBy(() -> other.choose(new byte[71]))
                    .hasMessageContaining("72")
                    .hasMessageContaining("71");
        }
    }

    @Test
    void operandsThatAreTooSmallOrCrookedAreRefused() {
        Gemm gemm = new Gemm(64, 64, 64);
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm)) {
            DeviceMemory small = operands.a.slice(0, 100);
            DeviceMemory crooked = operands.spare.slice(2, 64 * 64 * 2);

            assertThatThrownBy(() -> runner.enqueue(small, operands.b, operands.c, stream))
                    .hasMessageContaining("A of a GEMM must have 8192 bytes");
            assertThatThrownBy(() -> runner.enqueue(operands.a, crooked, operands.c, stream))
                    .hasMessageContaining("B of a GEMM")
                    .hasMessageContaining("multiple of 256");
        }
    }

    @Test
    void theBurnShapeIsRightAndFast() {
        Gemm gemm = new Gemm(8192, 8192, 8192);
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm);
                Event start = device.newEvent();
                Event end = device.newEvent()) {
            device.poison(operands.c, stream);
            runner.enqueue(operands.a, operands.b, operands.c, stream);
            stream.record(start);
            for (int i = 0; i < 20; i++) {
                runner.enqueue(operands.a, operands.b, operands.c, stream);
            }
            stream.record(end);
            stream.synchronize(DEADLINE);
            double tflops = 20 * gemm.flop() / end.millisecondsSince(start) / 1e9;

            System.out.printf("8192³ bf16: %.0f TFLOPS by %s%n", tflops, runner.describe());
            Check freivalds = operands.freivalds();
            System.out.println(freivalds);
            assertThat(freivalds).satisfies(CudaGemmTest::isRight);
            assertThat(freivalds.worst())
                    .as("the bound is no looser than it must be")
                    .isGreaterThan(0.1);
            assertThat(operands.elements(64)).satisfies(CudaGemmTest::isRight);
            assertThat(tflops).isGreaterThan(50);
        }
    }

    private static GemmRunner chosen(GemmRunner runner, byte[] algorithm) {
        runner.choose(algorithm);
        return runner;
    }

    private long checksum(GemmRunner runner, Operands operands) {
        device.poison(operands.c, stream);
        runner.enqueue(operands.a, operands.b, operands.c, stream);
        return device.checksum(operands.c, operands.c.bytes(), stream);
    }

    private static void isRight(Check check) {
        assertThat(check.wrong()).as(check.detail()).isZero();
        assertThat(check.worst()).isLessThanOrEqualTo(1);
    }

    /** C in fp64, row-major, of A = normal(seed), B = normal(seed + 1). */
    private double[] exact(Gemm gemm) {
        double[] a = normals(seed, gemm.m() * gemm.k());
        double[] b = normals(seed + 1, gemm.n() * gemm.k());
        double[] c = new double[gemm.m() * gemm.n()];
        for (int i = 0; i < gemm.m(); i++) {
            for (int j = 0; j < gemm.n(); j++) {
                double sum = 0;
                for (int x = 0; x < gemm.k(); x++) {
                    sum += a[i * gemm.k() + x] * b[j * gemm.k() + x];
                }
                c[i * gemm.n() + j] = sum;
            }
        }
        return c;
    }

    private static double[] normals(long seed, int elements) {
        double[] values = new double[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = Bf16.toFloat(Counter.bf16Normal(seed, i));
        }
        return values;
    }

    private static short[] rounded(double[] exact) {
        short[] values = new short[exact.length];
        for (int i = 0; i < exact.length; i++) {
            values[i] = Bf16.of((float) exact[i]);
        }
        return values;
    }

    private static int largest(short[] values) {
        int at = 0;
        for (int i = 0; i < values.length; i++) {
            if (Math.abs(Bf16.toFloat(values[i])) > Math.abs(Bf16.toFloat(values[at]))) {
                at = i;
            }
        }
        return at;
    }

    /** Within the rounding to bf16 and a generous fp32 accumulation. */
    private static void assertClose(short[] got, double[] exact, Gemm gemm, String algorithm) {
        for (int i = 0; i < got.length; i++) {
            double bound = Math.abs(exact[i]) / 256 + (gemm.k() + 32) * 0x1p-23 * Math.sqrt(gemm.k());
            double difference = Math.abs(Bf16.toFloat(got[i]) - exact[i]);
            if (!(difference <= bound)) {
                assertThat(Bf16.toFloat(got[i]))
                        .as("element %d of %s by %s", i, gemm, algorithm)
                        .isEqualTo((float) exact[i]);
            }
        }
    }

    /** A and B filled, C poisoned; a spare as big as A and a little more. */
    private final class Operands implements AutoCloseable {
        private final Gemm gemm;
        private final DeviceMemory a;
        private final DeviceMemory b;
        private final DeviceMemory c;
        private final DeviceMemory spare;

        Operands(Gemm gemm) {
            this.gemm = gemm;
            a = device.allocate(2L * gemm.m() * gemm.k());
            b = device.allocate(2L * gemm.n() * gemm.k());
            c = device.allocate(2L * gemm.m() * gemm.n());
            spare = device.allocate(a.bytes() + 256);
            device.fillMatrix(a, ElementType.BF16, (long) gemm.m() * gemm.k(), seed, stream);
            device.fillMatrix(b, ElementType.BF16, (long) gemm.n() * gemm.k(), seed + 1, stream);
            device.poison(c, stream);
        }

        Check freivalds() {
            return device.checkFreivalds(gemm, a, b, c, random.nextLong(), stream);
        }

        Check elements(int samples) {
            return device.checkElements(gemm, a, b, c, samples, random.nextLong(), stream);
        }

        @Override
        public void close() {
            a.close();
            b.close();
            c.close();
            spare.close();
        }
    }
}
