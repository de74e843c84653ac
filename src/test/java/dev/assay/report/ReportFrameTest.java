package dev.assay.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReportFrameTest {
    private static final Path CONFIG = Path.of("allure-config");

    @TempDir
    Path results;

    @Test
    void factsReachTheEnvironmentAndUnknownOnesLeaveNoLine() throws IOException {
        ReportFrame.write(CONFIG, results, Map.of("cluster", "süd \\ \"1\"", "nodes", "2,4"));

        Properties shown = new Properties();
        shown.load(new StringReader(Files.readString(results.resolve("environment.properties"))));
        assertThat(shown).containsOnly(Map.entry("Cluster", "süd \\ \"1\""), Map.entry("Nodes", "2,4"));
    }

    @Test
    void theExecutorStaysJsonWhateverTheClusterIsCalled() throws IOException {
        ReportFrame.write(CONFIG, results, Map.of("cluster", "a \"b\" \\ $1"));

        JsonNode executor = new ObjectMapper().readTree(Files.readString(results.resolve("executor.json")));
        assertThat(executor.get("reportName").asText()).isEqualTo("Acceptance of a \"b\" \\ $1");
        assertThat(executor.get("buildName").asText()).isEqualTo("–");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            failed | FAIL: 88.1 % is below 90 % on node003 GPU 5 | Cluster slow
            failed | FAIL wrong result: 3 elements differ        | Cluster wrong
            broken | INCONCLUSIVE: the interval holds the limit  | Could not measure
            broken | INVALID: above the ceiling                  | Could not measure
            broken | NOT_RUN: rank 3 on node001 exited with 42   | Could not measure
            broken | java.lang.NullPointerException              | Could not measure
            """)
    void everyTroubleHasOneCategory(String status, String message, String category) throws IOException {
        List<String> matching = new ArrayList<>();
        for (JsonNode candidate : new ObjectMapper().readTree(Files.readString(CONFIG.resolve("categories.json")))) {
            boolean statusFits = candidate.get("matchedStatuses").toString().contains('"' + status + '"');
            if (statusFits
                    && (message + "\nsecond line")
                            .matches(candidate.get("messageRegex").asText())) {
                matching.add(candidate.get("name").asText());
            }
        }

        assertThat(matching).singleElement().asString().startsWith(category);
    }
}
