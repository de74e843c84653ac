package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
            2e-5   | {"type": "WarmupDecayLR", "params": {"warmup_max_lr": "auto", "total_num_steps": 9}} | 2e-5
            2e-5   | {"type": "WarmupDecayLR", "params": {"warmup_max_lr": null, "total_num_steps": 9}}   | 2e-5
            2e-5   | {"type": "WarmupLR", "params": {"warmup_max_lr": [3e-5]}}                   | 3e-5
            2e-5   | {"type": "WarmupCosineLR", "params": {"total_num_steps": 1000}}             | 2e-5
            2e-5   | {"type": "OneCycle", "params": {"cycle_min_lr": 0, "cycle_max_lr": 1e-3}}   | 1e-4
            2e-5   | {"type": "OneCycle", "params": {"cycle_min_lr": 1e-6, "cycle_max_lr": 3e-5}} | 3e-5
            2e-5   | {"type": "LRRangeTest", "params": {"lr_range_test_min_lr": 1e-6}}           | 1e-6
            2e-5   | {"type": "LRRangeTest"}                                                     | 1e-4
            2e-5   | {"type": "CosineAnnealingLR", "params": {"T_max": 100}}                     | 2e-5
            2e-5   | {"type": "OneCycleLR", "params": {"max_lr": 5e-5, "total_steps": 10}}       | 5e-5
            2e-5   | {"params": {"warmup_max_lr": 1e-3}}                                         | 2e-5
            """)
    void aRunHoldsOneRate(String rate, String scheduler, double held) {
        DeepSpeedFile file = file(rate, scheduler == null ? "" : scheduler);

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

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type": "OneCycle", "params": {"cycle_max_lr": 1e-3}}            | no params.cycle_min_lr
            {"type": "OneCycle", "params": {"cycle_min_lr": 1e-3}}            | no params.cycle_max_lr
            {"type": "OneCycle", "params": {"cycle_min_lr": 0, "cycle_max_lr": "auto"}} | one learning rate above 0
            {"type": "WarmupDecayLR", "params": {}}                           | no params.total_num_steps
            {"type": "WarmupCosineLR"}                                        | no params.total_num_steps
            {"type": "WarmupLR", "params": {"warmup_max_lr": 0}}              | one learning rate above 0
            {"type": "WarmupLR", "params": {"warmup_max_lr": [1e-5, 2e-5]}}   | one learning rate above 0
            {"type": "LRRangeTest", "params": {"lr_range_test_min_lr": "1e-5"}} | one learning rate above 0
            {"type": "warmuplr", "params": {}}                                | no such schedule
            {"type": "LambdaLR", "params": {}}                                | only a program
            """)
    void aScheduleThatSaysNoRateIsRefused(String scheduler, String why) {
        assertThatThrownBy(() -> file("2e-5", scheduler))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("scheduler");
    }

    @ParameterizedTest
    @CsvSource({"'', true", "', \"cycle_momentum\": true', true", "', \"cycle_momentum\": false', false"})
    void betasThatAScheduleReplacesAreTold(String momentum, boolean told) {
        DeepSpeedFile file = file(
                "2e-5",
                "{\"type\": \"OneCycle\", \"params\": {\"cycle_min_lr\": 0, \"cycle_max_lr\": 2e-5" + momentum + "}}");

        assertThat(file.notes().stream()
                        .anyMatch(note -> note.key().equals("optimizer.params.betas")
                                && note.text().contains("0.99")))
                .isEqualTo(told);
    }

    private static DeepSpeedFile file(String rate, String scheduler) {
        return DeepSpeedFile.parse(
                "my.json",
                "{\"train_micro_batch_size_per_gpu\": 1, \"bf16\": {\"enabled\": true}, \"assay\": {\"model\": \"llama2-7b\"},"
                        + (scheduler.isEmpty() ? "" : "\"scheduler\": " + scheduler + ",")
                        + " \"optimizer\": {\"type\": \"AdamW\", \"params\": {\"lr\": " + rate + "}}}");
    }
}
