package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostRoomTest {
    private static final String MEMINFO = """
            MemTotal:       2113468032 kB
            MemFree:        1000000000 kB
            MemAvailable:      1048576 kB
            """;
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max cpu time              unlimited            unlimited            seconds
            Max locked memory         8388608              8388608              bytes
            """;

    @Test
    void allThreeBoundsAreTold() {
        assertThat(new HostRoom(MEMINFO, LIMITS, "4294967296\n").words())
                .isEqualTo("1073741824 of 2164191264768 bytes of the host's memory are available,"
                        + " this process may lock 8388608 bytes, its control group may use 4294967296 bytes");
    }

    @Test
    void whatHasNoBoundIsNoFigure() {
        assertThat(new HostRoom(MEMINFO, LIMITS.replace("8388608", "unlimited"), "max\n").words())
                .endsWith("available, this process may lock unlimited");
    }

    @Test
    void whatIsNotThereIsSaid() {
        assertThat(new HostRoom("", "", "").words()).isEqualTo("how much is left the host does not tell");
        assertThat(HostRoom.here().words()).contains("bytes of the host's memory are available");
    }
}
