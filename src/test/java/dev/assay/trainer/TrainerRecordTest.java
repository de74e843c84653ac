package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.assay.device.Bf16;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.Parameter;
import dev.assay.training.Recomputation;
import dev.assay.training.SeededWeights;
import dev.assay.training.StepSetup;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a peer reads is what was trained. */
class TrainerRecordTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsWhatWasTrained() throws IOException {
        StepSetup step = TrainerRecord.step(Small.ODD_GPT, 7, 1, 2, Recomputation.FULL);
        TrainerSetup setup = new TrainerSetup(step, TrainerRecord.ADAM_W, TrainerRecord.CLIPPING, 5);

        new TrainerRecord(setup, folder).run(new ReferenceDevice("n0", 0), 2);

        JsonNode record =
                new ObjectMapper().readTree(folder.resolve(TrainerRecord.JSON).toFile());
        assertThat(record.get("tensors")).hasSize(setup.layout().parameters().size());
        assertThat(record.get("losses")).hasSize(2);
        assertThat(record.get("losses").get(1).asDouble())
                .isLessThan(record.get("losses").get(0).asDouble());
        assertThat(tensorNorm(TrainerRecord.GRADIENTS, setup)
                        / record.get("norms").get(0).asDouble())
                .as("of the written gradients, over the norm that the step told")
                .isBetween(0.9999, 1.0001);
        assertThat(Files.size(folder.resolve(TrainerRecord.TOKENS))).isEqualTo(2 * 2 * 7 * Integer.BYTES);
        SeededWeights seeded = setup.weights();
        ByteBuffer weights = read(TrainerRecord.WEIGHTS);
        for (Parameter parameter : setup.layout().parameters()) {
            for (long i = 0; i < parameter.size(); i++) {
                assertThat(Bf16.toFloat(weights.getShort())).isEqualTo(seeded.value(parameter, i));
            }
        }
        assertThat(weights.hasRemaining()).isFalse();
    }

    @Test
    void aMeanThatIsNoBf16NumberIsRefused() {
        StepSetup step = TrainerRecord.step(Small.ODD_GPT, 7, 1, 3, Recomputation.NONE);
        TrainerSetup setup = new TrainerSetup(step, TrainerRecord.ADAM_W, TrainerRecord.CLIPPING, 5);

        assertThatThrownBy(() -> new TrainerRecord(setup, folder)).hasMessageContaining("power of two");
    }

    private double tensorNorm(String file, TrainerSetup setup) throws IOException {
        ByteBuffer bytes = read(file);
        double squares = 0;
        for (long i = 0; i < setup.layout().total(); i++) {
            squares += Math.pow(Bf16.toFloat(bytes.getShort()), 2);
        }
        return Math.sqrt(squares);
    }

    private ByteBuffer read(String file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(file))).order(ByteOrder.LITTLE_ENDIAN);
    }
}
