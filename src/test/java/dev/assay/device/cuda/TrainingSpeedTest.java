package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.AttentionShape;
import dev.assay.device.reference.ReferenceDevice;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TrainingSpeedTest {
    @Test
    void tellsTimeAndRateOfEveryKernel() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ReferenceDevice device = new ReferenceDevice("n0", 0)) {
            TrainingSpeed speed = new TrainingSpeed(device, new PrintStream(bytes, true, StandardCharsets.UTF_8), 3);
            speed.attention("tiny", new AttentionShape(1, 9, 2, 1, 64, 128, 64));
            speed.pointwise(8, 64, 2, 24, 40, 128);
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .allSatisfy(line -> assertThat(line).matches("(assay|copy)\t[^\t]+\t[0-9.]+\t(ms|TFLOPS|GB/s)"))
                .hasSize(4 + 2 * 8)
                .anySatisfy(line -> assertThat(line).startsWith("assay\tattention tiny backward\t"))
                .anySatisfy(line -> assertThat(line).startsWith("assay\tadamW\t"));
    }
}
