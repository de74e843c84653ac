package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.cluster.ClusterFile;
import dev.assay.summary.Conclusion;
import dev.assay.verdict.Decision;
import dev.assay.verdict.State;
import dev.assay.verdict.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real run of real processes on this host, where one device has no room left. */
@Tag("whole-run")
@Timeout(120)
class OutOfMemoryTest {
    @TempDir
    Path folder;

    @Test
    void oneRankWithoutRoomBreaksItsExperimentWithTheArithmeticAndTheRestGoesOn() throws IOException {
        Run run = prepare("1");

        run.rows("hbm").forEach(run::verdict);
        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        Verdict hbm = of(conclusion, "hbm-correct@2");
        assertThat(hbm.state()).isEqualTo(State.NOT_RUN);
        assertThat(hbm.sentence())
                .contains("rank 1 on here2", "allocating 1048576 bytes", "524288 of 1073741824 bytes are free")
                .contains("hbm takes 3 × 1.00 MiB of buffers = 3.00 MiB at once");
        assertThat(of(conclusion, "gemm-correct@2").state()).isEqualTo(State.PASS);
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
    }

    private static Verdict of(Conclusion conclusion, String key) {
        return conclusion.verdicts().stream()
                .filter(verdict -> verdict.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** @param rank whose "java" is one whose device is full */
    private Run prepare(String rank) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode cluster = (ObjectNode) mapper.readTree(ClusterFile.text("embedded"));
        cluster.set("nodes", mapper.valueToTree(List.of("here1", "here2")));
        cluster.put("java", faultyJava(rank).toString());
        Path file = folder.resolve("cluster.json");
        mapper.writeValue(file.toFile(), cluster);
        Map<String, String> properties = Map.of(
                "cluster", file.toString(),
                "nodes", "2",
                "duration", "1",
                "assay.home", folder.resolve("home").toString(),
                "assay.output", Files.createDirectories(folder.resolve("out")).toString());
        Options options = Options.from(properties::get);
        Preparation.prepare(options, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        return Run.open(options, true);
    }

    private Path faultyJava(String rank) throws IOException {
        Path script = Files.writeString(folder.resolve("java"), """
                #!/usr/bin/env bash
                set -euo pipefail
                [ "$ASSAY_RANK" = %s ] || exec "%s" "$@"
                exec "%s" -Xmx256m -XX:+UseSerialGC -cp "%s" dev.assay.run.FullDeviceWorker
                """.formatted(
                        rank,
                        ProcessHandle.current().info().command().orElseThrow(),
                        ProcessHandle.current().info().command().orElseThrow(),
                        System.getProperty("java.class.path")));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }
}
