package dev.assay.deepspeed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What cannot be read, what DeepSpeed refuses, and what we refuse because it would change the work. */
class RefusalsTest {
    private static final String SOUND = """
            "train_micro_batch_size_per_gpu": 4, "bf16": {"enabled": true}, "assay": {"model": "llama2-7b"}""";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a": 1, "a": 2}                              | line 1, a       | the key twice, first on line 1
            {"bf16": {"enabled": true, enabled: false}}   | bf16.enabled    | the key twice
            {"bf16": {"enabled": true                     | line 1          | no valid text
            {"bf16": {"enabled": true}                    | line 1          | the end of the file inside
            {stage: three}                                | line 1          | the end of its line
            {"a": 1} {"b": 2}                             | line 1          | more text after the end
            [1, 2]                                        | line 1          | no object at the start
            {"a": 1e99999999999}                          | line 1, a       | exponent beyond all bounds
            version https://git-lfs.github.com/spec/v1    | Git LFS         | git lfs pull
            """)
    void text(String text, String where, String words) {
        assertThatThrownBy(() -> DeepSpeedFile.parse("my.json", text))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll(
                        "Reading the DeepSpeed config my.json", where, words, "found", "valid", "to do");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "zero_optimization": {"stage": 4}                                     | zero_optimization.stage  | 4
            "zero_optimization": {"stage": 1.5}                                   | zero_optimization.stage  | 1.5
            "zero_optimization": {"stage": true}                                  | zero_optimization.stage  | from 0 to 3
            "zero_optimization": "stage 3"                                        | zero_optimization        | an object
            "zero_optimization": null                                             | zero_optimization        | null
            "zero_optimization": {"reduce_bucket_size": -1}                       | reduce_bucket_size       | -1
            "zero_optimization": {"reduce_bucket_size": 1e30}                     | reduce_bucket_size       | 1E+30
            "zero_optimization": {"reduce_bucket_size": [5e8]}                    | reduce_bucket_size       | an array
            "zero_optimization": {"overlap_comm": "maybe"}                        | overlap_comm             | true or false
            "zero_optimization": {"overlap_com": true}                            | overlap_com              | did you mean "overlap_comm"?
            "zero_optimization": {"stage3_max_live_parameters": 1, "max_live_parameters": 2} | max_live_parameters | remove one of the two
            "zero_optimization": {"mics_shard_size": 8}                           | mics_shard_size          | MiCS
            "zero_optimization": {"zenflow": {"topk_ratio": 0.1}}                 | zenflow                  | CPU
            "zero_optimization": {"stage": 3, "stage3_allgather_sequential": true} | stage3_allgather_sequential | gathered
            "zero_optimization": {"stage": 3, "module_granularity_threshold": 5}  | module_granularity_threshold | several modules
            "zero_optimization": {"stage": 3, "leaf_module": {"classes": ["LlamaDecoderLayer"]}} | leaf_module.classes | gathered as one
            "zero_optimization": {"stage": 3, "leaf_module": {"name_suffixes": "mlp"}} | leaf_module.name_suffixes | gathered as one
            "zero_optimization": {"stage": 1, "leaf_module": {"class": ["A"]}}    | leaf_module.class        | did you mean "classes"?
            "zero_optimization": {"stage": 1, "leaf_module": {"names": [4]}}      | leaf_module.names        | names of modules
            "zero_optimization": {"stage": 3, "leaf_module": true}                | leaf_module              | an object
            "zero_optimization": {"cpu_offload": true}                            | cpu_offload              | deprecated for offload_optimizer
            "zero_optimization": {"cpu_offload": true, "offload_optimizer": {"device": "none"}} | offload_optimizer | beside the deprecated cpu_offload
            "zero_optimization": {"offload_optimizer": {"device": "gpu"}}         | device                   | "none", "cpu" or "nvme"
            "zero_optimization": {"offload_optimizer": {"devise": "cpu"}}         | devise                   | did you mean "device"?
            "zero_optimization": {"offload_optimizer": {"device": "none", "ratio": 0.5}} | ratio             | 1.0 below stage 3
            "fp16": {"enabled": true}                                             | fp16                     | bf16 and fp16 both enabled
            "fp16": {"enabled": false, "loss_scal": 0}                            | loss_scal                | did you mean "loss_scale"?
            "data_types": {"grad_accum_dtype": "fp32"}                            | grad_accum_dtype         | without ZeRO
            "zero_optimization": {"stage": 1}, "data_types": {"grad_accum_dtype": "fp32"} | grad_accum_dtype | BF16_Optimizer
            "data_types": {"grad_accum_dtype": "int8"}                            | grad_accum_dtype         | "int8"
            "data_types": {"param_dtype": "fp32"}                                 | param_dtype              | bf16, as bf16.enabled says
            "communication_data_type": "bfloat16"                                 | communication_data_type  | written so
            "communication_data_type": "fp16"                                     | communication_data_type  | does not train
            "prescale_gradients": true                                            | prescale_gradients       | divided before
            "gradient_predivide_factor": 2.0                                      | gradient_predivide_factor | divided before
            "gradient_allreduce_op": "sum"                                        | gradient_allreduce_op    | averages
            "gradient_clipping": -1                                               | gradient_clipping        | from 0.0 on
            "gradient_clipping": "1.0"                                            | gradient_clipping        | "1.0"
            "prescale_gradients": "auto"                                          | prescale_gradients       | nothing fills "auto" here
            "sparse_gradients": true                                              | sparse_gradients         | dense
            "optimizer": {"params": {"lr": 1e-3}}                                 | optimizer.type           | no type
            "optimizer": {"type": "Muon"}                                         | optimizer.type           | Adam and AdamW
            "optimizer": {"type": "ZeroOneAdam"}                                  | optimizer.type           | Adam and AdamW
            "optimizer": {"type": "AdamW", "params": {"max_grad_norm": 1.0}}      | max_grad_norm            | gradient_clipping
            "optimizer": {"type": "AdamW", "params": {"lrr": 1.0}}                | optimizer.params.lrr     | unknown key
            "optimizer": {"type": "AdamW", "params": {"betas": [0.9]}}            | betas                    | two numbers
            "optimizer": {"type": "AdamW", "params": {"betas": [0.9, 1.0]}}       | betas                    | below 1
            "optimizer": {"type": "AdamW", "params": {"amsgrad": true}}           | amsgrad                  | AMSGrad
            "zero_optimization": {"round_robin_gradients": "maybe"}               | round_robin_gradients    | true or false
            "zero_optimization": {"offload_param": {"buffer_count": "five"}}      | buffer_count             | a whole number
            "zero_optimization": {"stage": 1, "contiguous_gradients": false}      | contiguous_gradients     | gathered from where they lie
            "zero_optimization": {"reduce_scatter": null}                         | reduce_scatter           | null
            "zero_optimization": {"reduce_bucket_size": "5e8"}                    | reduce_bucket_size       | "5e8"
            "fp16": {"enabled": false, "hysteresis": 1.5}                         | fp16.hysteresis          | a whole number
            "amp": {"enabled": true}                                              | amp                      | Apex
            "amp": true                                                           | amp                      | an object
            "torch_autocast": {"enabled": true}                                   | torch_autocast           | autocast
            "elasticity": {"enabled": true}                                       | elasticity               | batch keys
            "tensor_parallel": {"autotp_size": 4}                                 | tensor_parallel          | data-parallel
            "tensor_parallel": {"tp": {"tp_size": 2}}                             | tp_size                  | data-parallel
            "sequence_parallel_size": 2                                           | sequence_parallel_size   | data-parallel
            "pipeline": {"stages": 2}                                             | pipeline                 | data-parallel
            "compile": {"deepcompile": true}                                      | compile.deepcompile      | DeepCompile
            "sparse_attention": {"mode": "fixed"}                                 | sparse_attention         | dense
            "compression_training": {"sparse_pruning": {"shared_parameters": {"enabled": true}}} | compression_training | prunes
            "managed_gradient_accumulation": false                                | managed_gradient_accumulation | when to step
            "activation_checkpointing": {"cpu_checkpointing": true}               | cpu_checkpointing        | travel to the CPU
            "gradient_accumulation_steps": 0                                      | gradient_accumulation_steps | from 1 to
            "gradient_accumulation_steps": 1.5                                    | gradient_accumulation_steps | 1.5
            "gradient_accumulation_steps": "4"                                    | gradient_accumulation_steps | "4"
            "gradient_accumulation_steps": "auto"                                 | gradient_accumulation_steps | "accumulation"
            """)
    void keys(String key, String path, String words) {
        assertThatThrownBy(() -> DeepSpeedFile.parse("my.json", "{" + key + ",\n" + SOUND + "}"))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll(
                        "Reading the DeepSpeed config my.json", path, words, "found", "valid", "to do");
    }

    @Test
    void anEmptyFile() {
        assertThatThrownBy(() -> DeepSpeedFile.parse("my.json", "# nothing yet"))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContainingAll("my.json", "found   nothing", "put the keys between braces");
    }

    @Test
    void theSameFileWithoutThemIsSound() {
        assertThat(DeepSpeedFile.parse("my.json", "{" + SOUND + "}").resolve(8).batch())
                .isEqualTo(new Batch(32, 4, 1));
    }

    @Test
    void neitherBf16NorFp16IsFp32() {
        assertThatThrownBy(() ->
                        DeepSpeedFile.parse("x", "{\"train_batch_size\": 4, \"assay\": {\"model\": \"llama2-7b\"}}"))
                .hasMessageContainingAll("bf16.enabled", "DeepSpeed trains in fp32");
    }

    @Test
    void accumulationAloneIsNotEnough() {
        assertThatThrownBy(() -> DeepSpeedFile.parse(
                        "x",
                        "{\"gradient_accumulation_steps\": 4, \"bf16\": {\"enabled\": true},"
                                + " \"assay\": {\"model\": \"llama2-7b\"}}"))
                .hasMessageContainingAll("only gradient_accumulation_steps 4", "train_micro_batch_size_per_gpu");
    }

    @Test
    void zeroAsAFlagIsStageOneOrNone() {
        DeepSpeedFile on =
                DeepSpeedFile.parse("x", "{\"zero_optimization\": true, \"allgather_size\": 1e8, " + SOUND + "}");
        DeepSpeedFile off = DeepSpeedFile.parse("x", "{\"zero_optimization\": false, " + SOUND + "}");

        assertThat(on.resolve(2).zero().stage()).isEqualTo(1);
        assertThat(on.resolve(2).zero().allGatherBucket()).isEqualTo(100_000_000);
        assertThat(on.notes()).anyMatch(note -> note.kind() == Note.Kind.DEPRECATED);
        assertThat(off.resolve(2).zero().stage()).isZero();
    }

    /** Blocks of experts are DeepSpeed's own default, and below stage 3 nothing is gathered. */
    @Test
    void leafModulesThatAreNoneOfTheModelsChangeNothing() {
        for (String leaf : new String[] {
            "\"stage\": 3, \"leaf_module\": {\"classes\": [\"Qwen3MoeSparseMoeBlock\"], \"names\": []}",
            "\"stage\": 2, \"leaf_module\": {\"classes\": [\"LlamaDecoderLayer\"]}",
            "\"stage\": 3, \"leaf_module\": null"
        }) {
            DeepSpeedFile file = DeepSpeedFile.parse("x", "{\"zero_optimization\": {" + leaf + "}, " + SOUND + "}");

            assertThat(file.notes())
                    .noneMatch(note ->
                            note.kind() == Note.Kind.WARNING && note.toString().contains("leaf"));
        }
    }

    @Test
    void everythingWrongIsSaidAtOnce() {
        DeepSpeedException thrown = catchThrowableOfType(
                DeepSpeedException.class,
                () -> DeepSpeedFile.parse(
                        "x", "{\"amp\": {\"enabled\": true}, \"zero_optimization\": {\"stage\": 7, \"x\": 1}}"));

        assertThat(String.valueOf(thrown.getMessage()).lines().filter(line -> line.startsWith("Reading")))
                .hasSize(6);
        assertThat(thrown)
                .hasMessageContainingAll(
                        "train_micro_batch_size_per_gpu", "assay", "stage", "unknown key", "bf16", "amp");
    }

    @Test
    void files(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("ds.json");
        assertThatThrownBy(() -> DeepSpeedFile.read(file))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContaining("no file");

        Files.write(file, new byte[] {'{', (byte) 0xff, '}'});
        assertThatThrownBy(() -> DeepSpeedFile.read(file))
                .isInstanceOf(DeepSpeedException.class)
                .hasMessageContaining("UTF-8");

        Files.writeString(file, "{" + SOUND + "}", StandardCharsets.UTF_8);
        assertThat(DeepSpeedFile.read(file).name()).isEqualTo(file.toString());
    }
}
