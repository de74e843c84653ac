package dev.assay.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostCpusTest {
    @TempDir
    private Path folder;

    private Path status = Path.of("status");

    @BeforeEach
    void status() throws IOException {
        status = Files.writeString(
                folder.resolve("status"), "Name:\tjava\nCpus_allowed:\tff00\nCpus_allowed_list:\t8-11,40-43\nx:\t1\n");
    }

    @Test
    void tellsTheGovernorOfTheFirstCpuThatIsAllowed() throws IOException {
        Path sys = Files.createDirectories(folder.resolve("sys/devices/system/cpu/cpu8/cpufreq"));
        Files.writeString(sys.resolve("scaling_governor"), "powersave\n");

        assertThat(HostCpus.of(status, folder.resolve("sys"))).isEqualTo(new HostCpus("8-11,40-43", "powersave"));
    }

    @Test
    void aVirtualMachineHasNoGovernor() {
        assertThat(HostCpus.of(status, folder).governor()).isEqualTo("not told by sysfs");
    }

    @Test
    void aStatusWithoutCpusIsNoLinux() throws IOException {
        Files.writeString(status, "Name:\tjava\n");

        assertThatThrownBy(() -> HostCpus.of(status, folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("has no line Cpus_allowed_list:");
    }
}
