package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.cuda.CudaDevice;
import dev.assay.device.cuda.NeedsGpu;
import dev.assay.device.cuda.TestLibraries;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What GPU 0 says of a host that is ahead, and of one that is not. */
@NeedsGpu
class PipelineGpuTest {
    private static final long BYTES = 1L << 30;
    private static final long SLOW_NANOS = 3_000_000;

    @Test
    void whatIsEnqueuedWhileTheGpuWorksIsNotLate() throws Exception {
        List<Piece> pieces = pieces(BYTES, 0);

        assertThat(pieces.stream().filter(Piece::late).count())
                .as("but for what the system does to the host")
                .isLessThanOrEqualTo(3);
        assertThat(pieces)
                .filteredOn(piece -> piece.hostMillis() < piece.milliseconds())
                .hasSizeGreaterThan(25);
    }

    @Test
    void theTimeOfALatePieceIsTheHosts() throws Exception {
        List<Piece> pieces = pieces(1 << 10, SLOW_NANOS);

        assertThat(pieces).allMatch(Piece::late).allMatch(piece -> piece.hostNanos() >= SLOW_NANOS);
        assertThat(pieces).allMatch(piece -> piece.milliseconds() > 0.9 * SLOW_NANOS / 1e6);
    }

    /** Thirty, warm, that each fill so many bytes after the host was busy for so long. */
    private static List<Piece> pieces(long bytes, long busyNanos) throws Exception {
        Owned owned = new Owned();
        try (CudaDevice device = CudaDevice.open(0, TestLibraries.directories());
                Stream stream = device.newStream();
                DeviceMemory memory = device.allocate(bytes)) {
            Runnable piece = () -> {
                spin(busyNanos);
                device.memoryLoad().fill(memory, bytes, 7, stream);
            };
            Pipeline pipeline = new Pipeline(device, owned, stream, piece, () -> {}, Duration.ofSeconds(30));
            List<Piece> all = pipeline.run(5 + 30);
            owned.close();
            return all.subList(5, all.size());
        }
    }

    private static void spin(long nanos) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
        }
    }
}
