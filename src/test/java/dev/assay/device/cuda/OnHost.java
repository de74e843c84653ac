package dev.assay.device.cuda;

import com.sun.jna.Memory;
import dev.assay.device.CheckedTrainingKernels;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The GPU's kernels, compiled for the host and run a thread at a time: no GPU needed, and nothing said about its arithmetic units.
 */
@NeedsHostCompiler
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnHost {
    private final String[] flags;
    private final Stream stream = new ReferenceDevice("n0", 0).newStream();
    private final List<Memory> kept = new ArrayList<>();
    private HostLauncher launcher;

    /** @param flags of the compiler */
    OnHost(String... flags) {
        this.flags = flags;
    }

    @BeforeAll
    void compile(@TempDir Path directory) throws IOException, InterruptedException {
        launcher = HostLauncher.compile(directory, flags);
    }

    @AfterAll
    void close() {
        launcher.close();
        stream.close();
    }

    public TrainingBench bench() {
        kept.clear();
        return new TrainingBench(
                new CheckedTrainingKernels(new CudaTrainingKernels(launcher)),
                stream,
                bytes -> HostBytes.allocate(bytes, kept));
    }
}
