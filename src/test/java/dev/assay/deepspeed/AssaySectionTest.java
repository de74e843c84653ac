package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.deepspeed.AssaySection.Checkpointing;
import dev.assay.deepspeed.AssaySection.Collectives;
import dev.assay.deepspeed.AssaySection.Floors;
import dev.assay.training.MatrixPrecision;
import dev.assay.training.ModelFamily;
import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AssaySectionTest {
    @Test
    void aModelIsEnough() {
        DeepSpeedFile file = file("\"model\": \"llama2-7b\"");

        assertThat(file.assay())
                .isEqualTo(new AssaySection(
                        "llama2-7b",
                        ModelPreset.LLAMA2_7B.shape(),
                        2048,
                        Checkpointing.FULL,
                        0.80,
                        MatrixPrecision.BF16,
                        Collectives.DEEPSPEED,
                        List.of(),
                        Optional.empty(),
                        Optional.empty()));
        assertThat(file.stress()).isEmpty();
        assertThat(file.resolve(1).resolved())
                .extracting(value -> value.key() + " = " + value.value() + ", " + value.how())
                .contains(
                        "assay.sequence = 2048, the section's default",
                        "assay.activationCheckpointing = full, the section's default",
                        "assay.memoryFraction = 0.8, the section's default",
                        "assay.precision = bf16, the section's default",
                        "assay.collectives = deepspeed, the section's default");
    }

    @Test
    void everythingSaid() {
        AssaySection assay = file("""
                        "model": {"family": "gpt", "layers": 2, "hidden": 256, "heads": 4, "kvHeads": 4, "headSize": 64,
                                  "feedForward": 1024, "vocabulary": 512, "positions": 128},
                        "sequence": 128, "activationCheckpointing": "none", "memoryFraction": 1, "collectives": "ideal",
                        "precision": "fp8",
                        "nodes": [2, 4, 8], "baselineNodes": 2,
                        "floors": {"mfu": 0.4, "source": "a run of ours"}
                        """).assay();

        assertThat(assay)
                .isEqualTo(new AssaySection(
                        "explicit",
                        new ModelShape(ModelFamily.GPT, 2, 256, 4, 4, 64, 1024, 512, 128),
                        128,
                        Checkpointing.NONE,
                        1,
                        MatrixPrecision.FP8,
                        Collectives.IDEAL,
                        List.of(2, 4, 8),
                        Optional.of(2),
                        Optional.of(
                                new Floors(Optional.of(0.4), Optional.empty(), Optional.empty(), "a run of ours"))));
    }

    @Test
    void aLlamaMayHaveARotaryBaseAndAGptNone() {
        String shape = "\"layers\": 2, \"hidden\": 256, \"heads\": 4, \"kvHeads\": 4, \"headSize\": 64,"
                + " \"feedForward\": 1024, \"vocabulary\": 512, \"positions\": 128, \"ropeBase\": 5e5}";
        AssaySection llama = file("\"model\": {\"family\": \"llama\", " + shape).assay();

        assertThat(llama.model().ropeBase()).isEqualTo(500_000);
        assertThatThrownBy(() -> file("\"model\": {\"family\": \"gpt\", " + shape))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll("assay.model.ropeBase", "no rotary positions");
    }

    @Test
    void aStressVariantIsReadLikeAFileOfItsOwn() {
        DeepSpeedFile stress = file("\"model\": \"llama2-7b\", \"stress\": {\"microBatch\": 2, \"zeroStage\": 3}")
                .stress()
                .orElseThrow();

        assertThat(stress.name()).isEqualTo("my.json (stress variant)");
        assertThat(stress.stress()).isEmpty();
        assertThat(stress.resolve(8).batch()).isEqualTo(new Batch(16, 2, 1));
        assertThat(stress.resolve(8).zero().overlapComm())
                .as("stage 3's default, not that of the file's own stage")
                .isTrue();
    }

    @Test
    void aStressVariantMayNotBringBackWhatIsRefused() {
        assertThatThrownBy(() -> DeepSpeedFile.parse("my.json", """
                        {"train_micro_batch_size_per_gpu": 1, "bf16": {"enabled": true},
                         "zero_optimization": {"stage": 1, "stage3_allgather_sequential": true},
                         "assay": {"model": "llama2-7b", "stress": {"microBatch": 1, "zeroStage": 3}}}
                        """))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll("my.json (stress variant)", "stage3_allgather_sequential");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "modell": "llama2-7b"                                       | assay.modell      | did you mean "model"?
            "sequence": 2048                                            | assay.model       | no model
            "model": "llama2-8b"                                        | assay.model       | llama2-7b, llama2-13b
            "model": 7                                                  | assay.model       | 7
            "model": {"family": "llama", "layers": 2}                   | assay.model.hidden | no value
            "model": {"family": "llama", "layers": 3200}                | assay.model.layers | from 1 to 1024
            "model": {"family": "rnn"}                                  | assay.model.family | one of
            "model": "llama2-7b", "sequence": 0                         | assay.sequence    | 0
            "model": "llama2-7b", "sequence": "2048"                    | assay.sequence    | "2048"
            "model": "gpt3-175b", "sequence": 4096                      | assay.sequence    | 2048 learned positions
            "model": "llama2-7b", "activationCheckpointing": "some"     | activationCheckpointing | one of
            "model": "llama2-7b", "memoryFraction": 1.1                 | memoryFraction    | at most 1
            "model": "llama2-7b", "memoryFraction": 0                   | memoryFraction    | above 0
            "model": "llama2-7b", "memoryFraction": 80                  | memoryFraction    | 80
            "model": "llama2-7b", "collectives": "auto"                 | collectives       | "auto"
            "model": "llama2-7b", "nodes": []                           | assay.nodes       | a number of nodes
            "model": "llama2-7b", "nodes": [4, 2]                       | assay.nodes       | ascending
            "model": "llama2-7b", "nodes": [2, "4"]                     | assay.nodes       | ascending
            "model": "llama2-7b", "nodes": 2, "baselineNodes": 4        | baselineNodes     | at most the smallest of nodes, 2
            "model": "llama2-7b", "floors": {"mfu": 0.4}                | assay.floors      | no source
            "model": "llama2-7b", "floors": {"mfu": 40, "source": "x"}  | assay.floors.mfu  | at most 1
            "model": "llama2-7b", "floors": {"hfu": 0.4, "source": "x"} | assay.floors.hfu  | unknown key
            "model": "llama2-7b", "stress": {"zeroStage": 3}            | assay.stress      | no microBatch
            "model": "llama2-7b", "stress": {"microBatch": 1, "zeroStage": 4} | assay.stress.zeroStage | from 0 to 3
            "model": "llama2-7b", "microBatch": 4                       | assay.microBatch  | a value for "auto"
            """)
    void isStrict(String section, String path, String words) {
        assertThatThrownBy(() -> file(section))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll(path, words, "to do");
    }

    @Test
    void aShapeThatCannotBeIsRefused() {
        assertThatThrownBy(() -> file("""
                        "model": {"family": "llama", "layers": 2, "hidden": 256, "heads": 4, "kvHeads": 3, "headSize": 64,
                                  "feedForward": 1024, "vocabulary": 512, "positions": 128}
                        """))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContaining("heads in multiples of kvHeads");
    }

    /** GPT-2's 50 257, as its own config has it. */
    @Test
    void aVocabularyIsPaddedAsTrainersPadIt() {
        DeepSpeedFile file = file("""
                "model": {"family": "gpt", "layers": 2, "hidden": 256, "heads": 4, "kvHeads": 4, "headSize": 64,
                          "feedForward": 1024, "vocabulary": 50257, "positions": 128},
                "sequence": 128
                """);

        assertThat(file.assay().model().vocabulary()).isEqualTo(50264);
        assertThat(file.notes())
                .anyMatch(note -> note.kind() == Note.Kind.WARNING
                        && note.toString().startsWith("assay.model.vocabulary: 50257 is padded to 50264"));
        assertThat(file.resolve(1).resolved())
                .extracting(value -> value.key() + " = " + value.value())
                .contains("assay.model.vocabulary = 50257", "assay.model.vocabulary, padded = 50264");
    }

    /** What the ideal mode does instead of the file's word is said, once a key. */
    @Test
    void whatIdealCollectivesDoNotAskForIsNoted() {
        String zero = "\"zero_optimization\": {\"stage\": %d, \"overlap_comm\": false, \"reduce_scatter\": false,"
                + " \"use_multi_rank_bucket_allreduce\": false, \"reduce_bucket_size\": 5e8,"
                + " \"stage3_prefetch_bucket_size\": 5e7}, ";
        String rest = "\"train_micro_batch_size_per_gpu\": 1, \"bf16\": {\"enabled\": true},"
                + " \"assay\": {\"model\": \"llama2-7b\", \"collectives\": \"%s\"}}";

        assertThat(withoutEffect("{" + zero.formatted(3) + rest.formatted("ideal")))
                .containsOnlyOnce(
                        "zero_optimization.overlap_comm",
                        "zero_optimization.reduce_scatter",
                        "zero_optimization.use_multi_rank_bucket_allreduce",
                        "zero_optimization.reduce_bucket_size",
                        "zero_optimization.stage3_prefetch_bucket_size");
        assertThat(withoutEffect("{" + zero.formatted(2) + rest.formatted("ideal")))
                .contains("zero_optimization.reduce_scatter")
                .doesNotContain("zero_optimization.reduce_bucket_size");
        assertThat(withoutEffect("{" + zero.formatted(3) + rest.formatted("deepspeed")))
                .isEmpty();
    }

    private static List<String> withoutEffect(String text) {
        return DeepSpeedFile.parse("my.json", text).notes().stream()
                .filter(note -> note.kind() == Note.Kind.NO_EFFECT)
                .map(Note::key)
                .toList();
    }

    private static DeepSpeedFile file(String section) {
        return DeepSpeedFile.parse(
                "my.json",
                "{\"train_micro_batch_size_per_gpu\": 1, \"bf16\": {\"enabled\": true}, \"assay\": {" + section + "}}");
    }
}
