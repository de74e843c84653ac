package dev.assay.deepspeed;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The top-level keys that give the replay no value: refused where they would change the work, otherwise noted. */
final class TopReader {
    private static final String OFF = "off";

    private final Section top;
    private final Findings findings;

    private TopReader(Section top) {
        this.top = top;
        this.findings = top.findings();
    }

    static void read(Section top) {
        TopReader reader = new TopReader(top);
        reader.parallelism();
        reader.features();
        reader.checkpointing();
        reader.withoutEffect();
    }

    private void parallelism() {
        String reason = "it changes which ranks are data-parallel; in this suite all are";
        if (top.whole("sequence_parallel_size", 1, 1, Integer.MAX_VALUE) > 1) {
            top.find("sequence_parallel_size").ifPresent(node -> findings.refuse(node, reason, "set it to 1"));
        }
        above("tensor_parallel", "autotp_size", 1, reason);
        top.find("tensor_parallel")
                .flatMap(node -> node.find("tensor_parallel").or(() -> node.find("tp")))
                .flatMap(node -> node.find("tp_size"))
                .filter(node -> isAbove(node, 1))
                .ifPresent(node -> findings.refuse(node, reason, "set it to 1"));
        above("pipeline", "stages", 1, reason);
        enabled("expert_parallel", reason);
        enabled("elasticity", "it takes the batch keys over and changes them with the number of ranks");
    }

    private void features() {
        enabled("amp", "Apex's mixed precision; with ZeRO DeepSpeed itself stops");
        enabled("torch_autocast", "fp32 weights under autocast take other memory and traffic than bf16");
        enabled("progressive_layer_drop", "it skips layers");
        enabled("curriculum_learning", "it changes the sequence length during the run");
        enabled("data_efficiency", "it drops tokens or changes their number");
        enabled("hybrid_engine", "it generates text between steps");
        enabled("quantize_training", "it quantizes weights");
        anywhereEnabled("compression_training", "it prunes or quantizes the model");
        present("sparse_attention", "the suite's attention is dense and causal");
        present("weight_quantization", "it quantizes weights");
        top.object("compile")
                .flatMap(node -> node.find("deepcompile"))
                .filter(TopReader::isOn)
                .ifPresent(node ->
                        findings.refuse(node, "DeepCompile reorders gathers and reductions", "set it to false"));
        top.withoutEffect("DeepCompile is off", "compile");
        if (!top.flag("managed_gradient_accumulation", true)) {
            top.find("managed_gradient_accumulation")
                    .ifPresent(node -> findings.refuse(
                            node, "the program, not the file, would say when to step", "set it to true"));
        }
    }

    private void checkpointing() {
        Section part = top.section("activation_checkpointing", Manners.PLAIN);
        part.refuseOn("activations would travel to the CPU", "set it to false", "cpu_checkpointing");
        part.withoutEffect("shards among tensor-parallel ranks, of which there are none", "partition_activations");
        part.withoutEffect(
                "a parameter of DeepSpeed's own checkpoint function; assay.activationCheckpointing decides",
                "contiguous_memory_optimization",
                "number_checkpoints",
                "synchronize_checkpoint_boundary",
                "profile");
        part.end();
    }

    private void withoutEffect() {
        top.withoutEffect("learning rates change no work; the suite holds one, see optimizer.params.lr", "scheduler");
        top.withoutEffect("the suite measures by itself", "wall_clock_breakdown", "flops_profiler", "comms_logger");
        top.withoutEffect("the suite measures by itself", "memory_breakdown", "timers");
        top.withoutEffect("about output", "steps_per_print", "dump_state", "log_level", "tensorboard", "wandb");
        top.withoutEffect("about output", "csv_monitor", "comet", "monitor_config", "comms_config");
        top.withoutEffect("for offloading to NVMe only", "aio");
        top.withoutEffect("about saving and loading", "checkpoint", "nebula", "datastates");
        top.withoutEffect("for DeepSpeed's launcher only", "autotuning");
        top.withoutEffect("for quantized training only", "eigenvalue");
        top.withoutEffect("for sequence parallelism only", "seq_parallel_communication_data_type");
        top.withoutEffect("for experts only", "use_data_before_expert_parallelism");
        top.withoutEffect("about the data loader, of which there is none", "dataloader_drop_last", "vocabulary_size");
        top.withoutEffect("read by nothing in DeepSpeed 0.19", "disable_allgather");
        top.withoutEffect("for DeepSpeed's BF16_Optimizer only", "graph_harvesting");
        top.withoutEffect(
                "about which optimizers DeepSpeed accepts",
                "zero_allow_untested_optimizer",
                "zero_force_ds_cpu_optimizer");
        top.withoutEffect("for the old form of zero_optimization only", "allgather_size");
    }

    private void enabled(String key, String reason) {
        top.object(key).ifPresent(node -> {
            if (node.find("enabled").filter(TopReader::isOn).isPresent()) {
                findings.refuse(node, reason, "set " + key + ".enabled to false, or remove the section");
            } else {
                findings.note(Note.Kind.NO_EFFECT, key, OFF);
            }
        });
    }

    private void anywhereEnabled(String key, String reason) {
        top.object(key).ifPresent(node -> {
            if (below(node).anyMatch(part -> part.path().endsWith(".enabled") && isOn(part))) {
                findings.refuse(node, reason, "set every enabled of it to false, or remove the section");
            } else {
                findings.note(Note.Kind.NO_EFFECT, key, OFF);
            }
        });
    }

    private void present(String key, String reason) {
        top.find(key).ifPresent(node -> findings.refuse(node, reason, "remove the section"));
    }

    private void above(String section, String key, int most, String reason) {
        top.object(section).ifPresent(node -> {
            if (node.find(key).filter(value -> isAbove(value, most)).isPresent()) {
                findings.refuse(node, reason, "set " + section + "." + key + " to " + most + ", or remove the section");
            } else {
                findings.note(Note.Kind.NO_EFFECT, section, OFF);
            }
        });
    }

    /** Everything but a clear no. */
    private static boolean isOn(Node node) {
        return !node.flag().equals(Optional.of(false)) && !node.isNull();
    }

    /** {@code auto} is DeepSpeed's default for stages, and means 1 where the model is no pipeline. */
    private static boolean isAbove(Node node, int most) {
        return !node.isAuto()
                && !node.isNull()
                && node.number().map(number -> number.doubleValue() > most).orElse(true);
    }

    private static Stream<Node> below(Node node) {
        List<Node> parts = node.object()
                .map(fields -> List.copyOf(fields.values()))
                .or(node::array)
                .orElse(List.of());
        return Stream.concat(Stream.of(node), parts.stream().flatMap(TopReader::below));
    }
}
