package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.measurement.Library;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PeerPathTest {
    private static final OptionalInt POSSIBLE = OptionalInt.of(1);
    private final FakeNvml nvml = new FakeNvml();

    @Test
    void allNvlinksUpIsToldSo() {
        assertThat(path(POSSIBLE))
                .isEqualTo(Map.of(
                        "via", "nvlink",
                        "p2p", "read ok, write ok, nvlink ok; direct access possible by the driver",
                        "links", "18 of 18 NVLinks up"));
    }

    @Test
    void aLostLinkIsCounted() {
        nvml.downLinks.add(7);

        assertThat(path(POSSIBLE)).containsEntry("links", "17 of 18 NVLinks up");
    }

    @Test
    void directAccessWithoutNvlinkIsPcie() {
        nvml.p2p.put(Nvml.NVML_P2P_CAPS_INDEX_NVLINK, 5);

        assertThat(path(POSSIBLE)).containsEntry("via", "pcie");
    }

    @Test
    void aPairWithoutDirectAccessIsServedThroughTheHost() {
        assertThat(path(OptionalInt.of(0))).containsEntry("via", "host");

        nvml.p2p.put(Nvml.NVML_P2P_CAPS_INDEX_NVLINK, 5);
        nvml.p2p.put(Nvml.NVML_P2P_CAPS_INDEX_READ, 4);
        assertThat(path(OptionalInt.empty())).containsEntry("via", "host");
        assertThat(path(OptionalInt.empty()).get("p2p"))
                .contains("read disabled by a registry key", "does not show the other GPU here");
    }

    @Test
    void whatNvmlRefusesIsNotGuessed() {
        nvml.refused.put("nvmlDeviceGetP2PStatus", 3);
        nvml.refused.put("nvmlDeviceGetNvLinkState", 3);

        assertThat(path(POSSIBLE))
                .containsEntry("via", "not told: Not Supported (3) by nvmlDeviceGetP2PStatus")
                .containsEntry("links", "Not Supported (3) by nvmlDeviceGetNvLinkState");
    }

    private Map<String, String> path(OptionalInt driverAccess) {
        NvmlGpu gpu = NvmlGpu.open(nvml, version -> new Library("NVML", version, "/x", "0".repeat(64)), FakeNvml.UUID);
        return new PeerPath(gpu).conditions(FakeNvml.PEER, driverAccess);
    }
}
