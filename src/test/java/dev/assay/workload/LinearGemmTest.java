package dev.assay.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.training.MatrixPrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LinearGemmTest {
    @ParameterizedTest
    @CsvSource({"FORWARD, 840, 3520, 1848", "INPUT_GRADIENT, 1848, 3520, 840", "WEIGHT_GRADIENT, 1848, 840, 3520"})
    void eachPassHasItsOperands(LinearPass pass, long a, long b, long c) {
        LinearGemm gemm = new LinearGemm(pass, 21, 40, 88, ElementType.FP32, false);

        assertThat(gemm.elementsOfA()).isEqualTo(a);
        assertThat(gemm.elementsOfB()).isEqualTo(b);
        assertThat(gemm.elementsOfC()).isEqualTo(c);
        assertThat(gemm.bytesOfA()).isEqualTo(2 * a);
        assertThat(gemm.bytesOfB()).isEqualTo(2 * b);
        assertThat(gemm.bytesOfC()).isEqualTo(4 * c);
        assertThat(gemm.flop()).isEqualTo(2.0 * 21 * 40 * 88);
    }

    @Test
    void nothingOverflowsAtTheLargestShapes() {
        LinearGemm gemm = new LinearGemm(LinearPass.FORWARD, 1 << 20, 49_152, 128_256, ElementType.BF16, false);

        assertThat(gemm.elementsOfA()).isEqualTo(51_539_607_552L);
        assertThat(gemm.bytesOfB()).isEqualTo(12_608_077_824L);
        assertThat(gemm.bytesOfC()).isEqualTo(268_972_326_912L);
        assertThat(gemm.flop()).isEqualTo(0x1p21 * 49_152 * 128_256);
    }

    @Test
    void labelsDistinguish() {
        assertThat(new LinearGemm(LinearPass.WEIGHT_GRADIENT, 2048, 4096, 11_008, ElementType.BF16, true).label())
                .isEqualTo("weight-gradient 2048x4096x11008 bf16 accumulating");
        assertThat(new LinearGemm(LinearPass.FORWARD, 1, 8, 16, ElementType.FP32, false).label())
                .isEqualTo("forward 1x8x16 fp32");
    }

    /** Forward e4m3 × e4m3, gradients of outputs in e5m2. */
    @ParameterizedTest
    @EnumSource
    void fp8HasAByteAnElement(LinearPass pass) {
        LinearGemm bf16 = new LinearGemm(pass, 48, 32, 16, ElementType.BF16, true);
        LinearGemm fp8 = new LinearGemm(pass, 48, 32, 16, ElementType.BF16, true, MatrixPrecision.FP8);

        assertThat(fp8.precision().b()).isEqualTo(ElementType.E4M3);
        assertThat(fp8.precision().a()).isEqualTo(pass == LinearPass.FORWARD ? ElementType.E4M3 : ElementType.E5M2);
        assertThat(fp8.bytesOfA()).isEqualTo(bf16.bytesOfA() / 2);
        assertThat(fp8.bytesOfB()).isEqualTo(bf16.bytesOfB() / 2);
        assertThat(fp8.bytesOfC()).isEqualTo(bf16.bytesOfC());
        assertThat(fp8.label()).endsWith(" 48x32x16 fp8 to bf16 accumulating").isNotEqualTo(bf16.label());
        assertThat(fp8).isNotEqualTo(bf16);
    }

    @ParameterizedTest
    @CsvSource({"8, 16, 16", "16, 24, 16", "16, 16, 8"})
    void fp8NeedsMultiplesOfSixteen(int rows, int inputs, int outputs) {
        assertThatThrownBy(() -> new LinearGemm(
                        LinearPass.WEIGHT_GRADIENT,
                        rows,
                        inputs,
                        outputs,
                        ElementType.BF16,
                        false,
                        MatrixPrecision.FP8))
                .hasMessageContaining("linear gemm in fp8 must have rows, inputs and outputs in multiples of 16");
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 8", "1, 0, 8", "1, 8, -8", "1, 12, 8", "1, 8, 1001"})
    void whatNoTensorCoreTakesIsRefused(int rows, int inputs, int outputs) {
        assertThatThrownBy(() -> new LinearGemm(LinearPass.FORWARD, rows, inputs, outputs, ElementType.BF16, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("linear gemm must have", "got", String.valueOf(outputs));
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"BF16", "FP32"})
    void otherOutputsAreRefused(ElementType output) {
        assertThatThrownBy(() -> new LinearGemm(LinearPass.FORWARD, 8, 8, 8, output, false))
                .hasMessageContaining("BF16 or FP32, got " + output);
    }
}
