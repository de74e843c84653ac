package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.measurement.Library;
import dev.assay.workload.ElementType;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

@NeedsGpu
class NcclCommunicatorGpuTest {
    private static final long ELEMENTS = 100_003;

    @Test
    void theSumOverOneRankIsItsInput() {
        byte[] input = bf16Ones();
        try (Device device = CudaDevice.open(0, List.of());
                Communicator communicator = device.join(device.newCommunicatorId(), 0, 1);
                DeviceMemory send = device.allocate(2 * ELEMENTS);
                DeviceMemory receive = device.allocate(2 * ELEMENTS);
                Stream stream = device.newStream()) {
            send.write(input);
            device.poison(receive, stream);

            communicator.allReduceSum(send, receive, ELEMENTS, stream);
            stream.synchronize(Duration.ofSeconds(30));
            communicator.checkHealthy();

            assertThat(receive.read()).isEqualTo(input);
        }
    }

    /** Whatever training sends, alone and in a group. */
    @Test
    void overOneRankNothingChanges() {
        byte[] input = bf16Ones();
        try (Device device = CudaDevice.open(0, List.of());
                Communicator communicator = device.join(device.newCommunicatorId(), 0, 1);
                DeviceMemory memory = device.allocate(2 * ELEMENTS);
                DeviceMemory gathered = device.allocate(2 * ELEMENTS);
                Stream stream = device.newStream()) {
            memory.write(input);
            device.poison(gathered, stream);

            communicator.together(() -> {
                communicator.allReduce(memory, ElementType.BF16, ELEMENTS, stream);
                communicator.reduce(memory, ElementType.BF16, ELEMENTS, 0, stream);
            });
            communicator.reduceScatter(memory, memory, ElementType.BF16, ELEMENTS, stream);
            communicator.allGather(memory, gathered, ElementType.BF16, ELEMENTS, stream);
            stream.synchronize(Duration.ofSeconds(30));
            communicator.checkHealthy();

            assertThat(memory.read()).isEqualTo(input);
            assertThat(gathered.read()).isEqualTo(input);
        }
    }

    @Test
    void theLibrarySaysWhatItIs() {
        Library library = NcclCommunicator.library(List.of());

        assertThat(library.name()).isEqualTo("NCCL");
        assertThat(library.version()).matches("2\\.\\d+\\.\\d+");
        assertThat(library.path()).contains("libnccl");
    }

    /** Random bf16 numbers of exponent 0, so neither NaN nor subnormal. */
    private static byte[] bf16Ones() {
        byte[] bytes = new byte[(int) (2 * ELEMENTS)];
        SplittableRandom random = new SplittableRandom(20261122);
        for (int i = 0; i < bytes.length; i += 2) {
            bytes[i] = (byte) (0x80 | random.nextInt(128));
            bytes[i + 1] = (byte) (0x3F | random.nextInt(2) << 7);
        }
        return bytes;
    }
}
