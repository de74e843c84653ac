package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.cluster.ClusterFile;
import dev.assay.summary.Conclusion;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs by real processes, of the embedded cluster or on a Slurm box, one of which has a fault. */
final class WholeRun {
    private WholeRun() {}

    /**
     * @param rank whose "java" is {@code worker}; a name that no rank has leaves all well
     * @param worker has a main method without arguments
     */
    static Run prepare(Path folder, List<String> nodes, String rank, Class<?> worker) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode cluster = (ObjectNode) mapper.readTree(ClusterFile.text("embedded"));
        cluster.set("nodes", mapper.valueToTree(nodes));
        cluster.put("java", faultyJava(folder, rank, worker).toString());
        Path file = folder.resolve("cluster.json");
        mapper.writeValue(file.toFile(), cluster);
        Map<String, String> properties = Map.of(
                "cluster", file.toString(),
                "nodes", Integer.toString(nodes.size()),
                "duration", "1",
                "assay.home", folder.resolve("home").toString(),
                "assay.output", Files.createDirectories(folder.resolve("out")).toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        return Run.open(options, true);
    }

    /**
     * A run of its own on a Slurm box.
     *
     * @param fault what the nodes' "java" shall do, as {@code src/test/slurm/faulty-java} reads it; empty: it is the real one
     * @param more properties beside cluster, duration and places
     */
    static Run prepare(SlurmBox box, Path folder, String name, Map<String, String> fault, Map<String, String> more)
            throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode cluster = (ObjectNode) mapper.readTree(box.clusterFile().toFile());
        if (!fault.isEmpty()) {
            Map<String, String> variables = new HashMap<>(fault);
            variables.put("FAULT_JAVA", ProcessHandle.current().info().command().orElseThrow());
            variables.put("FAULT_CLASSPATH", System.getProperty("java.class.path"));
            variables.put("FAULT_CONF", box.configuration());
            cluster.set("environment", mapper.valueToTree(variables));
            cluster.put(
                    "java",
                    Path.of("src/test/slurm/faulty-java").toAbsolutePath().toString());
        }
        Path file = folder.resolve(name + ".json");
        mapper.writeValue(file.toFile(), cluster);
        Map<String, String> properties = new HashMap<>(more);
        properties.put("cluster", file.toString());
        properties.put("duration", "1");
        properties.put("assay.home", folder.resolve("home").toString());
        properties.put(
                "assay.output",
                Files.createDirectories(folder.resolve("out-" + name)).toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, System.out);
        return Run.open(options, true);
    }

    static Verdict verdict(Conclusion conclusion, String key) {
        return conclusion.verdicts().stream()
                .filter(verdict -> verdict.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static Path faultyJava(Path folder, String rank, Class<?> worker) throws IOException {
        String java = ProcessHandle.current().info().command().orElseThrow();
        Path script = Files.writeString(folder.resolve("java"), """
                #!/usr/bin/env bash
                set -euo pipefail
                [ "$ASSAY_RANK" = %s ] || exec "%s" "$@"
                exec "%s" -Xmx256m -XX:+UseSerialGC -cp "%s" %s
                """.formatted(
                        rank, java, java, System.getProperty("java.class.path"), worker.getName()));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }
}
