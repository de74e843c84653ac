package dev.assay.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GemmTest {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    @Test
    void bf16IsWrittenAsBeforeThereWasAnother() throws JsonProcessingException {
        String written = "{\"m\":16,\"n\":32,\"k\":48}";

        assertThat(MAPPER.writeValueAsString(new Gemm(16, 32, 48))).isEqualTo(written);
        assertThat(MAPPER.readValue(written, Gemm.class)).isEqualTo(new Gemm(16, 32, 48, Precision.BF16));
    }

    @ParameterizedTest
    @EnumSource
    void everyPrecisionSurvives(Precision precision) throws JsonProcessingException {
        Gemm gemm = new Gemm(16, 32, 48, precision);

        assertThat(MAPPER.readValue(MAPPER.writeValueAsString(gemm), Gemm.class))
                .isEqualTo(gemm);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"m\":16,\"n\":32}",
                "{\"m\":16,\"n\":32,\"k\":48,\"precison\":\"fp16\"}",
                "{\"m\":16,\"n\":32,\"k\":48.5}",
                "{\"m\":16,\"n\":32,\"k\":null}",
                "{\"m\":16,\"n\":32,\"k\":48,\"precision\":null}",
                "{\"m\":16,\"n\":32,\"k\":48,\"precision\":\"fp4\"}",
                "{\"m\":16,\"n\":32,\"k\":0}",
                "{\"m\":17,\"n\":32,\"k\":48,\"precision\":\"fp8-e4m3\"}"
            })
    void whatIsNoGemmIsRefused(String written) {
        assertThatThrownBy(() -> MAPPER.readValue(written, Gemm.class)).isInstanceOf(JsonProcessingException.class);
    }

    @Test
    void anUnknownPrecisionIsToldTheValidOnes() {
        assertThatThrownBy(() -> Precision.of("fp4")).hasMessageContaining("fp8-e4m3, fp8-e5m2, int8");
    }

    @Test
    void bytesAndRatesAreThePrecisions() {
        Gemm gemm = new Gemm(16, 32, 64, Precision.INT8);

        assertThat(gemm.bytesOfA()).isEqualTo(16 * 64);
        assertThat(gemm.bytesOfB()).isEqualTo(32 * 64);
        assertThat(gemm.bytesOfC()).isEqualTo(4 * 16 * 32);
        assertThat(gemm.label()).isEqualTo("int8 16x32x64");
        assertThat(132 * 4096 * Precision.FP64.rateOverBf16() * 1980 / 1e6).isBetween(66.9, 67.0);
        assertThat(132 * 4096 * Precision.TF32.rateOverBf16() * 1830 / 1e6).isBetween(494.6, 494.8);
        assertThat(132 * 4096 * Precision.FP8_E4M3.rateOverBf16() * 1830 / 1e6).isBetween(1978.0, 1979.0);
    }

    @Test
    void sweepsThatMeasureNothingAreRefused() {
        GemmFinder finder = new GemmFinder(Precision.BF16, List.of(16, 32), 1, 1);
        List<Gemm> one = List.of(new Gemm(16, 16, 16));

        assertThat(finder.shapes()).hasSize(8).contains(new Gemm(16, 32, 16));
        assertThat(finder.largest()).isEqualTo(new Gemm(32, 32, 32));
        assertThatThrownBy(() -> new GemmFinder(Precision.BF16, List.of(), 1, 1))
                .hasMessageContaining("sides");
        assertThatThrownBy(() -> new GemmSweep(one, one, 0, 0, 0, 0, 1, 1, finder))
                .hasMessageContaining("samples");
        assertThatThrownBy(() -> new GemmSweep(one, one, 0, 1, 0, 0, Double.NaN, 1, finder))
                .hasMessageContaining("sustainedSeconds");
        assertThatThrownBy(() -> new GemmSweep(List.of(one.get(0), one.get(0)), one, 0, 1, 0, 0, 1, 1, finder))
                .hasMessageContaining("twice bf16 16x16x16");
    }

    @Test
    void trainingLayersHaveTheirShapes() {
        assertThat(TrainingGemms.LLAMA_7B.shapes(Precision.BF16))
                .hasSize(9)
                .contains(new Gemm(32_768, 11_008, 4096), new Gemm(11_008, 4096, 32_768));
        assertThat(TrainingGemms.LLAMA_70B.shapes(Precision.FP8_E4M3))
                .hasSize(12)
                .contains(new Gemm(4096, 1024, 8192, Precision.FP8_E4M3));
    }
}
