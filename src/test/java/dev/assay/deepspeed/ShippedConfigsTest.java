package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.deepspeed.AssaySection.Checkpointing;
import dev.assay.deepspeed.AssaySection.Collectives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The four files of {@code ds-configs/}. */
class ShippedConfigsTest {
    @ParameterizedTest
    @CsvSource({
        "7b, llama2-7b, 16, 1, 2, 1, 0.46, 2",
        "13b, llama2-13b, 8, 2, 4, 1, 0.44, 2",
        "70b, llama2-70b, 2, 3, 8, 2, 0.36, 1",
        "175b, gpt3-175b, 1, 3, 8, 4, 0.36, 1"
    })
    void isTheNominalRun(
            String size, String model, int micro, int stage, int nodes, int baseline, double mfu, int stressMicro) {
        DeepSpeedFile file = read(size);
        DeepSpeedConfig config = file.resolve(nodes * 8);

        assertThat(config.batch()).isEqualTo(new Batch(micro * 16L * nodes * 8, micro, 16));
        assertThat(config.scaling()).isEqualTo(Scaling.WEAK);
        assertThat(config.zero())
                .isEqualTo(new Zero(
                        stage,
                        true,
                        true,
                        true,
                        true,
                        500_000_000,
                        500_000_000,
                        1_000_000_000,
                        50_000_000,
                        100_000,
                        Long.MAX_VALUE,
                        1_000_000_000,
                        1_000_000_000));
        assertThat(config.gradients()).isEqualTo(new Gradients(ElementType.BF16, ElementType.BF16, 1.0));
        assertThat(config.optimizer()).isEqualTo(new Adam(true, 1e-4, 0.9, 0.95, 1e-8, 0.1, true));
        assertThat(config.assay().modelName()).isEqualTo(model);
        assertThat(config.assay().sequence()).isEqualTo(2048);
        assertThat(config.assay().checkpointing()).isEqualTo(Checkpointing.FULL);
        assertThat(config.assay().memoryFraction()).isEqualTo(0.80);
        assertThat(config.assay().collectives()).isEqualTo(Collectives.DEEPSPEED);
        assertThat(config.assay().nodes()).isEqualTo(List.of(nodes));
        assertThat(config.assay().baselineNodes()).contains(baseline);
        assertThat(config.assay().floors().orElseThrow().mfu()).contains(mfu);
        assertThat(config.tokensPerStep()).isEqualTo(micro * 16L * nodes * 8 * 2048);
        DeepSpeedConfig stress = file.stress().orElseThrow().resolve(nodes * 8);
        assertThat(stress.batch()).isEqualTo(new Batch(stressMicro * 8L * nodes, stressMicro, 1));
        assertThat(stress.zero().stage()).isEqualTo(3);
        assertThat(stress.assay()).isEqualTo(config.assay());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7b", "13b", "70b", "175b"})
    void isPlainJsonThatPinsWhatDriftsBetweenVersions(String size) throws IOException {
        Map<?, ?> plain = new ObjectMapper().readValue(path(size).toFile(), Map.class);

        assertThat(plain.containsKey("gradient_clipping")).isTrue();
        assertThat(plain.containsKey("train_batch_size")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7b", "13b", "70b", "175b"})
    void hasNothingToWarnOf(String size) {
        assertThat(read(size).notes()).extracting(Note::kind).containsOnly(Note.Kind.NO_EFFECT);
    }

    @Test
    void theStressVariantSaysWhereItsValuesComeFrom() {
        List<Resolved> values = read("7b").stress().orElseThrow().resolve(8).resolved();

        assertThat(values)
                .filteredOn(value -> value.origin() == Origin.STRESS)
                .extracting(value -> value.key() + " = " + value.value())
                .containsExactlyInAnyOrder(
                        "train_micro_batch_size_per_gpu = 2",
                        "gradient_accumulation_steps = 1",
                        "zero_optimization.stage = 3");
    }

    private static DeepSpeedFile read(String size) {
        return DeepSpeedFile.read(path(size));
    }

    private static Path path(String size) {
        return Path.of("ds-configs", "ds_config_" + size + ".json");
    }
}
