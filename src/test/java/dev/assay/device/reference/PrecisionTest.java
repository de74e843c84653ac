package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.Precision;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The GEMM and its checks in every precision. */
class PrecisionTest {
    private final ReferenceDevice device = new ReferenceDevice("node", 0);
    private final Stream stream = device.newStream();
    private final Random random = new Random();

    @ParameterizedTest
    @EnumSource
    void rightProductsNeverRaiseAFalseAlarm(Precision precision) {
        for (int candidate = 0; candidate < 2; candidate++) {
            for (int i = 0; i < 20; i++) {
                Product product = new Product(precision, random.nextLong(), candidate);

                for (Check check : product.checks()) {
                    assertThat(check.wrong()).as("%s", check).isZero();
                    assertThat(check.worst()).isLessThanOrEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFlippedHighBitIsFoundWhereverItIs(Precision precision) {
        Product product = new Product(precision, random.nextLong(), 0);
        int width = precision.c().bytes();
        int last = 48 * 32 - 1;
        for (int at : new int[] {0, random.nextInt(last), last}) {
            byte[] bytes = product.c.read();
            bytes[at * width + width - 1] ^= 0x40;
            product.c.write(bytes);

            Check freivalds = product.checks()[0];

            assertThat(freivalds.wrong()).as("%s, element %d", freivalds, at).isEqualTo(1);
            bytes[at * width + width - 1] ^= 0x40;
            product.c.write(bytes);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProductNeverComputedIsWrongEverywhere(Precision precision) {
        Product product = new Product(precision, random.nextLong(), 0);
        device.poison(product.c, stream);

        assertThat(product.checks()[0].wrong()).isEqualTo(48);
        assertThat(product.checks()[1].wrong()).isGreaterThan(60);
    }

    @ParameterizedTest
    @EnumSource(value = Precision.class, names = "INT8")
    void integersMayNotBeOffByOne(Precision precision) {
        Product product = new Product(precision, random.nextLong(), 0);
        byte[] bytes = product.c.read();
        bytes[4 * random.nextInt(48 * 32)] ^= 1;
        product.c.write(bytes);

        assertThat(product.checks()[0].wrong()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(value = ElementType.class, mode = EnumSource.Mode.EXCLUDE, names = "INT32")
    void fillsAreStandardNormalOrUniform(ElementType type) {
        int elements = 100_000;
        DeviceMemory memory = device.allocate((long) type.bytes() * elements);
        device.fillMatrix(memory, type, elements, random.nextLong(), stream);
        stream.synchronize(Duration.ofSeconds(10));
        Matrix matrix = Matrix.of("the fill", memory, type, elements);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < elements; i++) {
            double value = matrix.get(i);
            sum += value;
            squares += value * value;
        }

        double deviation = type == ElementType.INT8 ? Math.sqrt((255 * 255 - 1) / 12.0) : 1;
        assertThat(sum / elements / deviation).isCloseTo(0, within(0.02));
        assertThat(Math.sqrt(squares / elements) / deviation).isCloseTo(1, within(0.01));
    }

    private final class Product {
        private final Gemm gemm;
        private final DeviceMemory a;
        private final DeviceMemory b;
        private final DeviceMemory c;

        Product(Precision precision, long seed, int candidate) {
            gemm = new Gemm(48, 32, 64, precision);
            a = device.allocate(gemm.bytesOfA());
            b = device.allocate(gemm.bytesOfB());
            c = device.allocate(gemm.bytesOfC());
            device.fillMatrix(a, precision.a(), gemm.elementsOfA(), seed, stream);
            device.fillMatrix(b, precision.b(), gemm.elementsOfB(), ~seed, stream);
            device.poison(c, stream);
            try (GemmRunner runner = device.newGemm(gemm)) {
                runner.choose(runner.candidates().get(candidate));
                runner.enqueue(a, b, c, stream);
            }
            stream.synchronize(Duration.ofSeconds(10));
        }

        Check[] checks() {
            return new Check[] {
                device.checkFreivalds(gemm, a, b, c, random.nextLong(), stream),
                device.checkElements(gemm, a, b, c, 64, random.nextLong(), stream)
            };
        }
    }
}
