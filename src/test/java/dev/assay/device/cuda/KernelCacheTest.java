package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
    @TempDir
    Path directory;

    @Test
    void keepsWhatWasWrittenAndLeavesNothingElse() throws IOException {
        KernelCache cache = new KernelCache(directory.resolve("assay-me"));

        cache.write("abc", new byte[] {1, 2, 3});

        assertThat(cache.read("abc"))
                .hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(1, 2, 3));
        assertThat(cache.read("abd")).isEmpty();
        assertThat(directory.resolve("assay-me/kernels")).isDirectoryContaining("glob:**/abc.cubin");
        try (var files = Files.list(directory.resolve("assay-me/kernels"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aFolderThatOthersMayEnterIsNeitherReadNorWritten() throws IOException {
        Path root = directory.resolve("assay-me");
        KernelCache cache = new KernelCache(root);
        cache.write("abc", new byte[] {1});
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));

        cache.write("abd", new byte[] {2});

        assertThat(cache.read("abc")).isEmpty();
        assertThat(root.resolve("kernels/abd.cubin")).doesNotExist();
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNoError() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        KernelCache cache = new KernelCache(file);

        cache.write("abc", new byte[] {1});

        assertThat(cache.read("abc")).isEmpty();
    }
}
