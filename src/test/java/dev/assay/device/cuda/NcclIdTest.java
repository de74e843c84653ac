package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NcclIdTest {
    /** Same signature as ncclCommInitRank; answers 0 only if every argument arrived whole. */
    private static final String PROBE = """
            typedef struct { char internal[128]; } Id;
            int assay_probe(void **comm, int nranks, Id id, int rank) {
                for (int i = 0; i < 128; i++) {
                    if (id.internal[i] != (char) (i * 7 + 3)) return 1000 + i;
                    id.internal[i] = 0;
                }
                if (nranks != 11) return 1;
                if (rank != 5) return 2;
                *comm = (void *) 0x123456789abcL;
                return 0;
            }
            """;

    @Test
    void travelsByValueThroughDirectMapping(@TempDir Path folder) throws IOException, InterruptedException {
        NativeLibrary library = NativeLibrary.getInstance(compiled(folder).toString());
        Native.register(Probe.class, library);
        byte[] bytes = new byte[128];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7 + 3);
        }
        byte[] before = bytes.clone();
        long[] comm = new long[1];

        int status = new Probe().assay_probe(comm, 11, NcclId.of(bytes), 5);

        assertThat(status).isZero();
        assertThat(comm[0]).isEqualTo(0x123456789abcL);
        assertThat(bytes).isEqualTo(before);
    }

    @Test
    void has128Bytes() {
        assertThat(new NcclId().size()).isEqualTo(128);
        assertThatThrownBy(() -> NcclId.of(new byte[127]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a communicator id must have 128 bytes, got 127");
    }

    private static Path compiled(Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("probe.c"), PROBE);
        Path library = folder.resolve("libprobe.so");
        Path log = folder.resolve("log");
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            abort("the by-value call needs a C compiler to be tested: " + e.getMessage());
            throw e;
        }
        assertThat(gcc.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(gcc.exitValue())
                .as(Files.readString(log, StandardCharsets.UTF_8))
                .isZero();
        return library;
    }

    static final class Probe {
        native int assay_probe(long[] comm, int nranks, NcclId id, int rank);
    }
}
