package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** DeepSpeed's {@code _set_batch_related_parameters} and {@code _batch_assertion}. */
class BatchKeysTest {
    @ParameterizedTest(name = "{0} with {1} ranks: {2} = {3} × {4} × ranks, {5}")
    @CsvSource(delimiter = '|', textBlock = """
            "train_batch_size": 512, "train_micro_batch_size_per_gpu": 4                                  | 16 | 512 | 4  | 8  | STRONG
            "train_batch_size": 512, "gradient_accumulation_steps": 4                                     | 16 | 512 | 8  | 4  | STRONG
            "train_micro_batch_size_per_gpu": 4, "gradient_accumulation_steps": 16                        | 16 | 1024 | 4 | 16 | WEAK
            "train_batch_size": 512                                                                       | 16 | 512 | 32 | 1  | STRONG
            "train_micro_batch_size_per_gpu": 4                                                           | 16 | 64  | 4  | 1  | WEAK
            "train_batch_size": 64, "train_micro_batch_size_per_gpu": 2, "gradient_accumulation_steps": 2 | 16 | 64  | 2  | 2  | ONE_SIZE
            "train_batch_size": null, "train_micro_batch_size_per_gpu": 4                                 | 2  | 8   | 4  | 1  | WEAK
            "train_micro_batch_size_per_gpu": 4.0, "gradient_accumulation_steps": 1e1                     | 1  | 40  | 4  | 10 | WEAK
            """)
    void derivesWhatIsLeftOut(String keys, int ranks, long global, int micro, int steps, Scaling scaling) {
        DeepSpeedConfig config = file(keys).resolve(ranks);

        assertThat(config.batch()).isEqualTo(new Batch(global, micro, steps));
        assertThat(config.scaling()).isEqualTo(scaling);
    }

    @Test
    void aFixedGlobalBatchTakesAccumulationAwayAsRanksAreAdded() {
        DeepSpeedFile file = file("\"train_batch_size\": 1024, \"train_micro_batch_size_per_gpu\": 4");

        assertThat(IntStream.of(16, 32, 64)
                        .map(ranks -> file.resolve(ranks).batch().accumulation()))
                .containsExactly(16, 8, 4);
        assertThat(file.notes())
                .anyMatch(
                        note -> note.kind() == Note.Kind.WARNING && note.text().contains("strong scaling"));
        assertThat(file.resolve(32).resolved())
                .contains(new Resolved(
                        "gradient_accumulation_steps",
                        "8",
                        Origin.DERIVED,
                        "train_batch_size 1024 / (micro 4 × 32 ranks)"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "train_batch_size": 500, "train_micro_batch_size_per_gpu": 4  | 16 | micro 4 × accumulation 7 × 16 ranks = 448, not 500
            "train_batch_size": 8                                         | 16 | micro 0 × accumulation 1 × 16 ranks = 0, not 8
            "train_batch_size": 16, "train_micro_batch_size_per_gpu": 4   | 16 | micro 4 × accumulation 0
            "train_batch_size": 16, "gradient_accumulation_steps": 3      | 2  | micro 2 × accumulation 3 × 2 ranks = 12, not 16
            """)
    void refusesWhatDoesNotDivide(String keys, int ranks, String words) {
        DeepSpeedFile file = file(keys);

        assertThatThrownBy(() -> file.resolve(ranks))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll(words, "for " + ranks + " ranks", "to do");
    }

    @Test
    void autoIsFilledFromOurSection() {
        DeepSpeedFile file = DeepSpeedFile.parse("x", """
                {"train_batch_size": "auto", "train_micro_batch_size_per_gpu": "auto", "gradient_accumulation_steps": 8,
                 "bf16": {"enabled": true}, "assay": {"model": "llama2-7b", "microBatch": 4}}
                """);

        assertThat(file.resolve(2).batch()).isEqualTo(new Batch(64, 4, 8));
        assertThat(file.scaling()).isEqualTo(Scaling.WEAK);
    }

    @Test
    void noRanksAreAMistakeOfTheCaller() {
        DeepSpeedFile file = file("\"train_micro_batch_size_per_gpu\": 4");

        assertThatThrownBy(() -> file.resolve(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static DeepSpeedFile file(String keys) {
        return DeepSpeedFile.parse(
                "x", "{" + keys + ", \"bf16\": {\"enabled\": true}, \"assay\": {\"model\": \"llama2-7b\"}}");
    }
}
