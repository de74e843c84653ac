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
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Attention as GPUs that are no Hopper make it, by products of a warp; {@link TrainingHostTest} has those of a warpgroup. */
@EnabledIf(
        value = "dev.assay.device.cuda.HostProgram#compilerIsHere",
        disabledReason = "no /usr/bin/g++ to compile the kernels for the host")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttentionHostTest implements AttentionContract {
    private final Stream stream = new ReferenceDevice("n0", 0).newStream();
    private final List<Memory> kept = new ArrayList<>();
    private HostLauncher launcher;

    @BeforeAll
    void compile(@TempDir Path directory) throws IOException, InterruptedException {
        launcher = HostLauncher.compile(directory);
    }

    @AfterAll
    void close() {
        launcher.close();
        stream.close();
    }

    @Override
    public TrainingBench bench() {
        kept.clear();
        return new TrainingBench(
                new CheckedTrainingKernels(new CudaTrainingKernels(launcher)),
                stream,
                bytes -> HostBytes.allocate(bytes, kept));
    }
}
