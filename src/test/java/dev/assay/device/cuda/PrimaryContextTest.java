package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class PrimaryContextTest {
    @Test
    void aUuidIsWrittenAsNvmlWritesIt() {
        byte[] bytes = HexFormat.of().parseHex("8e1cf00d0123456789abcdef00ff10a0");

        assertThat(PrimaryContext.uuidText(bytes)).isEqualTo("GPU-8e1cf00d-0123-4567-89ab-cdef00ff10a0");
    }
}
