package dev.assay.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.cluster.ClusterFile;
import dev.assay.cluster.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SharedHomeTest {
    private static final Path MEMORY = Path.of("/dev/shm/not/there/yet");

    @Test
    void aHomeInMemoryIsRefusedWhereNodesMustSeeIt() throws IOException {
        assumeTmpfs();

        assertThatThrownBy(() -> SharedHome.require(ClusterFile.read("spectrumx-h200", () -> 0), MEMORY))
                .isInstanceOf(InputException.class)
                .hasMessageContainingAll(MEMORY.toString(), "tmpfs", "-Dassay.home=");
    }

    @Test
    void aHomeInMemoryWillDoWhereAllNodesAreThisHost() throws IOException {
        assumeTmpfs();

        assertThatCode(() -> SharedHome.require(ClusterFile.read("embedded", () -> 0), MEMORY))
                .doesNotThrowAnyException();
    }

    private static void assumeTmpfs() throws IOException {
        assumeThat(Files.isDirectory(Path.of("/dev/shm"))).isTrue();
        assumeThat(Files.getFileStore(Path.of("/dev/shm")).type()).isEqualTo("tmpfs");
    }
}
