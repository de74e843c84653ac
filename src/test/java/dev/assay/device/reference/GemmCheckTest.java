package dev.assay.device.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Bf16;
import dev.assay.device.Counter;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.measurement.Check;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GemmCheckTest {
    private static final Gemm GEMM = new Gemm(37, 29, 53);

    private final ReferenceDevice device = new ReferenceDevice("node", 0);
    private final Stream stream = device.newStream();

    @Test
    void rightProductsNeverRaiseAFalseAlarm() {
        for (long seed = System.nanoTime(), last = seed + 150; seed < last; seed++) {
            Product product = new Product(GEMM, seed, (int) (seed & 1));

            Check freivalds = product.freivalds(seed + 1);
            Check elements = product.elements(seed + 2);

            assertThat(freivalds.wrong()).as("seed %d: %s", seed, freivalds).isZero();
            assertThat(freivalds.worst()).isLessThan(0.8);
            assertThat(elements.wrong()).as("seed %d: %s", seed, elements).isZero();
            assertThat(freivalds.checked()).isEqualTo(37 * 29);
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, 40f, -40f})
    void oneWrongElementIsFoundWhereverItIs(float error) {
        for (int at : new int[] {0, 500, 37 * 29 - 1}) {
            Product product = new Product(GEMM, at, 0);
            product.change(at, product.get(at) + error);

            Check freivalds = product.freivalds(99);

            assertThat(freivalds.wrong()).isEqualTo(1);
            assertThat(freivalds.worst()).isGreaterThan(1).isFinite();
            assertThat(freivalds.detail()).contains("first wrong: row " + at / 29);
        }
    }

    @Test
    void aProductNeverComputedIsWrongEverywhere() {
        Product product = new Product(GEMM, 5, 0);
        device.poison(product.c, stream);

        assertThat(product.freivalds(6).wrong()).isEqualTo(37);
        assertThat(product.elements(6).wrong()).isEqualTo(64);
    }

    @Test
    void zerosAreNoProduct() {
        Product product = new Product(GEMM, 5, 0);
        product.c.write(new byte[2 * 37 * 29]);

        assertThat(product.freivalds(6).wrong()).isEqualTo(37);
    }

    @Test
    void candidatesAreRealAndRepeatable() {
        Gemm large = new Gemm(128, 128, 3001);
        long first = new Product(large, 3, 0).checksum();

        assertThat(new Product(large, 3, 0).checksum()).isEqualTo(first);
        assertThat(new Product(large, 3, 1).checksum()).isNotEqualTo(first);
        assertThat(device.newGemm(large).candidates()).hasSize(2);
    }

    @Test
    void digestsDependOnEveryByteAndItsPlace() {
        Product product = new Product(GEMM, 11, 0);
        long before = product.checksum();
        short first = Bf16.of(product.get(0));
        product.change(0, product.get(1));
        product.change(1, Bf16.toFloat(first));

        assertThat(product.checksum()).isNotEqualTo(before);
    }

    /** C of one GEMM on fresh normal inputs. */
    private final class Product {
        private final Gemm gemm;
        private final DeviceMemory a;
        private final DeviceMemory b;
        private final DeviceMemory c;

        Product(Gemm gemm, long seed, int candidate) {
            this.gemm = gemm;
            a = device.allocate(2L * gemm.m() * gemm.k());
            b = device.allocate(2L * gemm.n() * gemm.k());
            c = device.allocate(2L * gemm.m() * gemm.n());
            device.fillMatrix(a, ElementType.BF16, (long) gemm.m() * gemm.k(), Counter.hash(seed, 0), stream);
            device.fillMatrix(b, ElementType.BF16, (long) gemm.n() * gemm.k(), Counter.hash(seed, 1), stream);
            device.poison(c, stream);
            try (GemmRunner runner = device.newGemm(gemm)) {
                runner.choose(runner.candidates().get(candidate));
                runner.enqueue(a, b, c, stream);
            }
            stream.synchronize(Duration.ofSeconds(10));
        }

        Check freivalds(long seed) {
            return device.checkFreivalds(gemm, a, b, c, seed, stream);
        }

        Check elements(long seed) {
            return device.checkElements(gemm, a, b, c, 64, seed, stream);
        }

        long checksum() {
            return device.checksum(c, c.bytes(), stream);
        }

        float get(int element) {
            return HostMemory.of(c).get(element);
        }

        void change(int element, float value) {
            HostMemory.of(c).set(element, value);
        }
    }
}
