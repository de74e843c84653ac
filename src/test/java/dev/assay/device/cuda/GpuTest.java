package dev.assay.device.cuda;

import dev.assay.device.Stream;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What tests on the first GPU share: it and a stream, opened once a class, and fresh random numbers. */
@NeedsGpu
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GpuTest {
    static final Duration DEADLINE = Duration.ofSeconds(60);

    final Random random = new Random();
    final long seed = random.nextLong();
    CudaDevice device;
    Stream stream;

    @BeforeAll
    void open() {
        device = CudaDevice.open(0, TestLibraries.directories());
        stream = device.newStream();
    }

    @AfterAll
    void close() {
        stream.close();
        device.close();
    }
}
