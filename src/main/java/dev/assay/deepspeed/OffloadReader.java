package dev.assay.deepspeed;

import java.util.Optional;

/** Offloading of parameters and optimizer states: refused, unless it is written down as off, as many files do. */
final class OffloadReader {
    private static final String REASON = "moves states out of the GPU's memory, which changes memory, traffic and time";
    private static final String OFF = "nothing is offloaded";
    private static final String ADVICE = "use \"device\": \"none\", or remove it";

    private OffloadReader() {}

    static void read(Section zero, int stage) {
        deprecated(zero, "cpu_offload", "offload_optimizer");
        deprecated(zero, "cpu_offload_param", "offload_param");
        zero.flagsWithoutEffect("deprecated, and nothing is offloaded", "cpu_offload_use_pin_memory");
        part(zero, "offload_param").ifPresent(part -> {
            part.withoutEffect(OFF, "nvme_path");
            part.flagsWithoutEffect(OFF, "pin_memory");
            part.countsWithoutEffect(OFF, "buffer_count", "buffer_size", "max_in_cpu");
            part.end();
        });
        part(zero, "offload_optimizer").ifPresent(part -> {
            part.withoutEffect(OFF, "nvme_path", "cpuadam_cores_perc");
            part.flagsWithoutEffect(OFF, "pin_memory", "fast_init", "pipeline_read", "pipeline_write", "super_offload");
            part.countsWithoutEffect(OFF, "buffer_count");
            part.find("ratio")
                    .filter(node -> stage < 3
                            && node.number()
                                    .map(number -> number.doubleValue() < 1)
                                    .orElse(false))
                    .ifPresent(node -> part.findings()
                            .problem(node, node.found(), "1.0 below stage 3, as DeepSpeed asserts", "remove it"));
            part.end();
        });
    }

    private static Optional<Section> part(Section zero, String key) {
        Optional<Node> device = zero.find(key).flatMap(node -> node.find("device"));
        Optional<Section> part = zero.find(key).map(node -> zero.section(key, Manners.MODEL));
        part.ifPresent(offload -> offload.find("device"));
        device.ifPresent(node -> check(zero.findings(), node));
        return part;
    }

    private static void check(Findings findings, Node device) {
        String word = device.text().orElse("");
        switch (word) {
            case "none", "auto" -> findings.note(Note.Kind.NO_EFFECT, device.path(), OFF);
            case "cpu", "nvme" -> findings.refuse(device, REASON, ADVICE);
            default -> findings.problem(device, device.found(), "\"none\", \"cpu\" or \"nvme\"", ADVICE);
        }
    }

    private static void deprecated(Section zero, String old, String successor) {
        zero.find(old).ifPresent(node -> {
            zero.find(successor)
                    .ifPresent(both -> zero.findings()
                            .problem(both, "this beside the deprecated " + old, "one of the two", "remove " + old));
            if (zero.flag(old, false)) {
                zero.findings().refuse(node, "deprecated for " + successor + " on the cpu: " + REASON, ADVICE);
            } else {
                zero.findings().note(Note.Kind.DEPRECATED, node.path(), "off; its successor is " + successor);
            }
        });
    }
}
