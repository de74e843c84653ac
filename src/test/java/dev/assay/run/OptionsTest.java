package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.cluster.InputException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {
    @Test
    void whatIsNotGivenIsEmptyAlsoWhereMavenPassesAnEmptyText() {
        Options options = Options.from(Map.of("cluster", "", "nodes", " ")::get);

        assertThat(options.cluster()).isEmpty();
        assertThat(options.nodes()).isEmpty();
        assertThat(options.partialOk()).isFalse();
        assertThat(options.asTyped()).isEmpty();
    }

    @Test
    void remembersWhatWasTyped() {
        Options options = Options.from(Map.of(
                "cluster", "x.json", "nodes", "2,4", "suite", "quick", "it.groups", "burn", "partial", "ok")::get);

        assertThat(options.asTyped())
                .containsExactly(
                        "-Dcluster=x.json", "-Dnodes=2,4", "-Dsuite=quick", "-Dit.groups=burn", "-Dpartial=ok");
    }

    @Test
    void onlyAPlanThatWasAskedForStopsThere() {
        assertThat(Options.from(Map.of("plan", "")::get).planOnly()).isFalse();
        assertThat(Options.from(Map.of("plan", "false")::get).planOnly()).isFalse();
        assertThat(Options.from(Map.of("plan", "true")::get).planOnly()).isTrue();
    }

    @Test
    void partialTakesOneWord() {
        assertThatThrownBy(() -> Options.from(Map.of("partial", "true")::get))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("ok");
    }
}
