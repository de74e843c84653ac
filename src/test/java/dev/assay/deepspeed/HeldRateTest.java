package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeldRateTest {
    @ParameterizedTest(name = "{0}, {1}: {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            2e-5   |                                                                             | 2e-5
            1e-4   |                                                                             | 1e-4
            1e-3   |                                                                             | 1e-4
            1e-3   | {"type": "WarmupLR", "params": {"warmup_num_steps": 100}}                   | 1e-4
            1e-3   | {"type": "WarmupLR", "params": {"warmup_max_lr": 2e-5}}                     | 2e-5
            2e-5   | {"type": "WarmupLR", "params": {"warmup_max_lr": 1e-3}}                     | 1e-4
            2e-5   | {"type": "WarmupLR", "params": {"warmup_max_lr": "auto"}}                   | 2e-5
            2e-5   | {"type": "WarmupDecayLR", "params": {"total_num_steps": 1000}}              | 1e-4
            2e-5   | {"type": "WarmupDecayLR", "params": {"warmup_max_lr": "auto"}}              | 2e-5
            2e-5   | {"type": "OneCycle", "params": {"cycle_max_lr": 1e-3}}                      | 2e-5
            """)
    void aRunHoldsOneRate(String rate, String scheduler, double held) {
        DeepSpeedFile file = DeepSpeedFile.parse(
                "my.json",
                "{\"train_micro_batch_size_per_gpu\": 1, \"bf16\": {\"enabled\": true}, \"assay\": {\"model\": \"llama2-7b\"},"
                        + (scheduler == null ? "" : "\"scheduler\": " + scheduler + ",")
                        + " \"optimizer\": {\"type\": \"AdamW\", \"params\": {\"lr\": " + rate + "}}}");

        assertThat(file.optimizer().learningRate()).isEqualTo(held);
        boolean same = held == Double.parseDouble(rate);
        assertThat(file.notes().stream().filter(note -> note.key().equals("optimizer.params.lr")))
                .hasSize(same ? 0 : 1)
                .allMatch(note -> note.kind() == Note.Kind.WARNING
                        && note.text().contains("is held at " + held + " from the first step on"));
        assertThat(file.resolve(1).resolved().stream().map(Resolved::key))
                .satisfies(keys ->
                        assertThat(keys.contains("optimizer.params.lr, held")).isEqualTo(!same));
    }
}
