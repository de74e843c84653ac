package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.MemoryUse;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SftRoomTest {
    @Test
    void whatTheDriversLibraryCountsStandsBesideWhatCudaSays() {
        MemoryUse use = new MemoryUse(3 << 20, 1 << 19, "call");

        assertThat(SftRoom.told(Optional.of(use)))
                .isEqualTo(Map.of("call used, MiB", "3.0", "call reserved, MiB", "0.5"));
        assertThat(SftRoom.told(Optional.empty())).isEmpty();
    }
}
