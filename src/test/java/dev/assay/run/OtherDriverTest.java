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

/** A real run of real processes on this host, where some nodes have another driver than the others. */
@Tag("whole-run")
@Timeout(120)
class OtherDriverTest {
    @TempDir
    Path folder;

    @Test
    void theNodeThatDiffersIsNamedAndNothingIsAccepted() throws IOException {
        Run run = prepare("1");

        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        Verdict identity = of(conclusion, "identity-equal@3");
        assertThat(identity.state()).isEqualTo(State.FAIL);
        assertThat(identity.sentence())
                .contains("here2 GPU 0 (REF-here2-0): driver an older driver as on 1 of 3")
                .contains("missed by 1");
        assertThat(of(conclusion, "gemm-correct@3").state()).isEqualTo(State.INVALID);
        assertThat(conclusion.decision()).isEqualTo(Decision.SUITE_BROKEN);
    }

    @Test
    void nodesThatAreAlikeAreNamedByNobody() throws IOException {
        Run run = prepare("none");

        run.rows("burn").forEach(run::verdict);
        Conclusion conclusion = Conclusions.conclude(run, "not asked for");

        assertThat(of(conclusion, "identity-equal@3").state()).isEqualTo(State.PASS);
        assertThat(of(conclusion, "gemm-correct@3").state()).isEqualTo(State.PASS);
    }

    private static Verdict of(Conclusion conclusion, String key) {
        return conclusion.verdicts().stream()
                .filter(verdict -> verdict.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    /** @param rank whose "java" is one that has another driver */
    private Run prepare(String rank) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode cluster = (ObjectNode) mapper.readTree(ClusterFile.text("embedded"));
        cluster.set("nodes", mapper.valueToTree(List.of("here1", "here2", "here3")));
        cluster.put("java", faultyJava(rank).toString());
        Path file = folder.resolve("cluster.json");
        mapper.writeValue(file.toFile(), cluster);
        Map<String, String> properties = Map.of(
                "cluster", file.toString(),
                "nodes", "3",
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
                exec "%s" -Xmx256m -XX:+UseSerialGC -cp "%s" dev.assay.run.OtherDriverWorker
                """.formatted(
                        rank,
                        ProcessHandle.current().info().command().orElseThrow(),
                        ProcessHandle.current().info().command().orElseThrow(),
                        System.getProperty("java.class.path")));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }
}
