package dev.assay.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.cluster.Cluster;
import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.GpuModels;
import dev.assay.criteria.CriteriaFile;
import dev.assay.plan.MeasuredParts;
import dev.assay.plan.Plan;
import dev.assay.plan.PlanJson;
import dev.assay.plan.SftPlanner;
import dev.assay.plan.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a user's file over {@code plan.json} to the page. */
class PageConfigsTest {
    private static final String TEXT = """
            {
              "train_micro_batch_size_per_gpu": "auto",
              "train_batch_size": 256,
              "bf16": {"enabled": "auto"},
              "gradient_cliping": 1.0,
              "wandb": {"enabled": false},
              "zero_optimization": {"stage": 2, "reduce_bucket_size": "auto"},
              "optimizer": {"type": "AdamW", "params": {"lr": "auto"}},
              "assay": {"model": "llama2-7b", "microBatch": 2}
            }
            """;

    @TempDir
    Path folder;

    @Test
    void whatAutoBecameStandsOnThePage() throws IOException {
        String page = page(recorded(TEXT).training().orElseThrow().configs());

        assertThat(page)
                .contains(row("zero_optimization.reduce_bucket_size", "16777216", "auto: hidden²"))
                .contains(row("optimizer.params.lr", "5.0E-5", "auto: default of Hugging Face's Trainer"))
                .contains(row("train_micro_batch_size_per_gpu", "2", "auto: assay.microBatch"))
                .contains(row("train_batch_size", "256", "file, line 3"))
                .contains(row("zero_optimization.stage", "2", "file, line 7"))
                .contains(row("gradient_clipping", "1.0", "default of DeepSpeed 0.19"));
    }

    /** 256 sequences over 8 and 16 GPUs in micro-batches of 2. */
    @Test
    void whatDiffersByNodesStandsForEach() throws IOException {
        assertThat(page(recorded(TEXT).training().orElseThrow().configs()))
                .contains(">gradient_accumulation_steps on 1 node<", ">gradient_accumulation_steps on 2 nodes<")
                .contains("16 ranks)");
    }

    @Test
    void modesNotesScalingAndWhatHasNoEffectStandThere() throws IOException {
        assertThat(page(recorded(TEXT).training().orElseThrow().configs()))
                .contains("ZeRO-2, DeepSpeed&#39;s collectives without overlap, full checkpointing")
                .contains(
                        "ZeRO-3, DeepSpeed&#39;s collectives overlapped with forward and backward, full checkpointing")
                .contains(row(
                        "zero_optimization.stage (stress variant)",
                        "3",
                        "stress variant, the general one, as the" + " file has no assay.stress"))
                .contains("strong scaling: train_batch_size is fixed")
                .contains("gradient_cliping: line 5: an unknown key")
                .contains("wandb: about output");
    }

    /** Plans were written without it once, and hash as they did. */
    @Test
    void anOldPlanHasNoSuchSection() throws IOException {
        String old = PlanJson.text(plan(TEXT)).replaceAll("(?s),\\s*\"configs\" : \\[.*?\\n    \\} \\]", "");

        Path file = Files.writeString(folder.resolve("plan.json"), old);
        Plan read = PlanJson.read(file);

        assertThat(read.training().orElseThrow().configs()).isEmpty();
        assertThat(read.training().orElseThrow().asked()).isNotEmpty();
        assertThat(PlanJson.text(read)).isEqualTo(old).doesNotContain("\"configs\"");
        assertThat(page(List.of())).isEmpty();
    }

    private static String row(String key, String value, String from) {
        return "<td class=\"mono\">" + Clean.html(key) + "</td>\n<td class=\"mono\">" + Clean.html(value)
                + "</td>\n<td>" + Clean.html(from) + "</td>";
    }

    private static String page(List<TrainingConfig> configs) {
        Page page = new Page();
        new PageConfigs(configs).onto(page);
        return page.toString();
    }

    private Plan recorded(String text) throws IOException {
        Path file = folder.resolve("plan.json");
        PlanJson.write(file, plan(text));
        return PlanJson.read(file);
    }

    private Plan plan(String text) throws IOException {
        Cluster cluster = ClusterFile.read("spectrumx-h200");
        return SftPlanner.plan(
                cluster,
                GpuModels.get(cluster.gpuModel()),
                CriteriaFile.read(cluster.gpuModel(), Optional.empty()),
                List.of(1, 2),
                60,
                Optional.of(Files.writeString(folder.resolve("own.json"), text)),
                folder,
                MeasuredParts.none());
    }
}
