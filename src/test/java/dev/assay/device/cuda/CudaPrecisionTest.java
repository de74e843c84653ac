package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.Check;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.Precision;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every precision's fill, GEMM and checks against the reference device, on GPU 0. */
class CudaPrecisionTest extends GpuTest {

    private final ReferenceDevice oracle = new ReferenceDevice("oracle", 0);
    private final Stream oracleStream = oracle.newStream();

    @AfterAll
    void closeOracle() throws Exception {
        oracleStream.close();
    }

    @ParameterizedTest
    @EnumSource(value = ElementType.class, mode = EnumSource.Mode.EXCLUDE, names = "INT32")
    void fillsAreTheOraclesBitForBit(ElementType type) {
        int elements = 1_000_003;
        DeviceMemory expected = oracle.allocate((long) type.bytes() * elements);
        oracle.fillMatrix(expected, type, elements, seed, oracleStream);
        oracleStream.synchronize(DEADLINE);
        try (DeviceMemory memory = device.allocate((long) type.bytes() * elements)) {
            device.poison(memory, stream);

            device.fillMatrix(memory, type, elements, seed, stream);

            assertThat(memory.read()).isEqualTo(expected.read());
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyCandidateIsRightByBothDevicesChecks(Precision precision) {
        for (Gemm gemm : new Gemm[] {
            new Gemm(16, 16, 16, precision), new Gemm(80, 48, 32, precision), new Gemm(112, 144, 1040, precision)
        }) {
            try (Operands operands = new Operands(gemm);
                    GemmRunner runner = device.newGemm(gemm)) {
                assertThat(runner.candidates()).isNotEmpty();
                for (byte[] candidate : runner.candidates()) {
                    runner.choose(candidate);
                    device.poison(operands.c, stream);

                    runner.enqueue(operands.a, operands.b, operands.c, stream);
                    stream.synchronize(DEADLINE);

                    operands.assertRight(runner.describe());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneFlippedBitIsFoundByFreivalds(Precision precision) {
        Gemm gemm = new Gemm(80, 48, 32, precision);
        int width = precision.c().bytes();
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm)) {
            runner.enqueue(operands.a, operands.b, operands.c, stream);
            stream.synchronize(DEADLINE);
            int at = random.nextInt(80 * 48);
            byte[] bytes = operands.c.read();
            bytes[at * width + width - 1] ^= 0x40;
            operands.c.write(bytes);

            Check check = device.checkFreivalds(gemm, operands.a, operands.b, operands.c, random.nextLong(), stream);

            assertThat(check.wrong()).as("%s, element %d", check, at).isOne();
            assertThat(check.detail()).contains("the first is row " + at / 48);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasNeverWrittenIsWrongEverywhere(Precision precision) {
        Gemm gemm = new Gemm(80, 48, 32, precision);
        try (Operands operands = new Operands(gemm)) {
            device.poison(operands.c, stream);

            assertThat(device.checkFreivalds(gemm, operands.a, operands.b, operands.c, random.nextLong(), stream)
                            .wrong())
                    .isEqualTo(80);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSquareIsRightRepeatableAndShown(Precision precision) {
        Gemm gemm = new Gemm(4096, 4096, 4096, precision);
        try (Operands operands = new Operands(gemm);
                GemmRunner runner = device.newGemm(gemm);
                Event start = device.newEvent();
                Event end = device.newEvent()) {
            long first = digest(runner, operands);
            stream.record(start);
            for (int i = 0; i < 10; i++) {
                runner.enqueue(operands.a, operands.b, operands.c, stream);
            }
            stream.record(end);
            stream.synchronize(DEADLINE);
            double tflops = 10 * gemm.flop() / end.millisecondsSince(start) / 1e9;
            Check freivalds =
                    device.checkFreivalds(gemm, operands.a, operands.b, operands.c, random.nextLong(), stream);
            Check elements =
                    device.checkElements(gemm, operands.a, operands.b, operands.c, 4096, random.nextLong(), stream);

            System.out.printf("4096³ %s: %.1f TFLOPS by %s%n", precision.key(), tflops, runner.describe());
            System.out.println(freivalds);
            System.out.println(elements);
            assertThat(freivalds.wrong()).as(freivalds.detail()).isZero();
            assertThat(elements.wrong()).as(elements.detail()).isZero();
            assertThat(digest(runner, operands)).isEqualTo(first);
        }
    }

    private long digest(GemmRunner runner, Operands operands) {
        device.poison(operands.c, stream);
        runner.enqueue(operands.a, operands.b, operands.c, stream);
        return device.checksum(operands.c, operands.c.bytes(), stream);
    }

    /** A and B filled, C poisoned. */
    private final class Operands implements AutoCloseable {
        private final Gemm gemm;
        private final DeviceMemory a;
        private final DeviceMemory b;
        private final DeviceMemory c;

        Operands(Gemm gemm) {
            this.gemm = gemm;
            a = device.allocate(gemm.bytesOfA());
            b = device.allocate(gemm.bytesOfB());
            c = device.allocate(gemm.bytesOfC());
            device.fillMatrix(a, gemm.precision().a(), gemm.elementsOfA(), seed, stream);
            device.fillMatrix(b, gemm.precision().b(), gemm.elementsOfB(), ~seed, stream);
            device.poison(c, stream);
        }

        /** By this GPU's kernels, and by the oracle's loops over the same bytes. */
        void assertRight(String algorithm) {
            DeviceMemory left = copied(a);
            DeviceMemory right = copied(b);
            DeviceMemory product = copied(c);
            long fresh = random.nextLong();
            for (Check check : new Check[] {
                device.checkFreivalds(gemm, a, b, c, fresh, stream),
                device.checkElements(gemm, a, b, c, 256, fresh, stream),
                oracle.checkFreivalds(gemm, left, right, product, fresh, oracleStream),
                oracle.checkElements(gemm, left, right, product, 256, fresh, oracleStream)
            }) {
                assertThat(check.wrong())
                        .as("%s by %s: %s", gemm.label(), algorithm, check)
                        .isZero();
                assertThat(check.worst()).isLessThanOrEqualTo(1);
            }
        }

        private DeviceMemory copied(DeviceMemory memory) {
            DeviceMemory copy = oracle.allocate(memory.bytes());
            copy.write(memory.read());
            return copy;
        }

        @Override
        public void close() {
            a.close();
            b.close();
            c.close();
        }
    }
}
