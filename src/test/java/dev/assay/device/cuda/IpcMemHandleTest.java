package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** That such a structure travels by value through direct mapping is {@link NcclIdTest}'s to show. */
class IpcMemHandleTest {
    @Test
    void has64Bytes() {
        assertThat(new IpcMemHandle().size()).isEqualTo(64);
        assertThatThrownBy(() -> IpcMemHandle.of(new byte[63]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a handle of device memory must have 64 bytes, got 63");
    }
}
