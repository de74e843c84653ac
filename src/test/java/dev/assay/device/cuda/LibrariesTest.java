package dev.assay.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrariesTest {
    @TempDir
    Path directory;

    @Test
    void aMissingLibraryNamesEveryNameAndPlace() {
        List<String> sonames = List.of("libassay-none.so.13", "libassay-none.so.12");

        assertThatThrownBy(() -> Libraries.find("the frobnicator", sonames, List.of("/nowhere/lib64")))
                .isInstanceOf(DeviceException.class)
                .hasMessageContaining("loading the frobnicator")
                .hasMessageContaining("/nowhere/lib64/libassay-none.so.13: ")
                .hasMessageContaining("/nowhere/lib64/libassay-none.so.12: ")
                .hasMessageContaining("\n  libassay-none.so.12: ")
                .hasMessageContaining("cannot open shared object file")
                .hasMessageContaining("libraryDirectories");
    }

    @Test
    void configuredDirectoriesComeBeforeTheLoadersPath() {
        assertThat(Libraries.candidates(List.of("liba.so.2", "liba.so.1"), List.of("/x", "/y")))
                .containsExactly(
                        "/x/liba.so.2", "/x/liba.so.1", "/y/liba.so.2", "/y/liba.so.1", "liba.so.2", "liba.so.1");
    }

    @Test
    void aBrokenFileIsPassedOver() throws IOException {
        Files.writeString(directory.resolve("libassay-none.so.1"), "no ELF");

        assertThatThrownBy(() ->
                        Libraries.find("the frobnicator", List.of("libassay-none.so.1"), List.of(directory.toString())))
                .hasMessageContaining(directory.resolve("libassay-none.so.1") + ": ");
    }

    @Test
    void theFileBehindALinkIsWhatWasMapped() throws IOException {
        Path file = Files.createFile(directory.resolve("liba.so.1.2.3")).toRealPath();
        Path link = Files.createSymbolicLink(directory.resolve("liba.so.1"), file.getFileName());
        Path other = Path.of("/usr/lib/libother.so.4");

        assertThat(Libraries.mappedPath(link.toString(), List.of(other, file))).isEqualTo(file.toString());
        assertThat(Libraries.mappedPath("liba.so.1", List.of(other, file))).isEqualTo(file.toString());
        assertThat(Libraries.mappedPath("libb.so.1", List.of(other, file))).isEqualTo("libb.so.1");
    }

    @Test
    void mapsGiveEachFileOnce() {
        List<String> maps = List.of(
                "7f00-7f01 r--p 00000000 fe:00 123                        /usr/lib/a b/libx.so.1",
                "7f01-7f02 r-xp 00001000 fe:00 123                        /usr/lib/a b/libx.so.1",
                "7f03-7f04 rw-p 00000000 00:00 0 ",
                "7ffc-7ffd rw-p 00000000 00:00 0                          [stack]");

        assertThat(Libraries.mappedFiles(maps)).containsExactly(Path.of("/usr/lib/a b/libx.so.1"));
    }

    @Test
    void aLoadedLibraryIsHashedAsMapped() {
        LoadedLibrary libm = Libraries.find("the C mathematics library", List.of("libm.so.6"), List.of());

        assertThat(libm.path()).startsWith("/").contains("libm");
        assertThat(libm.toLibrary("libm", "6").sha256()).matches("[0-9a-f]{64}");
    }

    @Test
    void anUnreadableFileSaysWhyItHasNoHash() {
        LoadedLibrary libm = Libraries.find("the C mathematics library", List.of("libm.so.6"), List.of());
        LoadedLibrary gone =
                new LoadedLibrary(libm.library(), directory.resolve("gone").toString());

        assertThat(gone.toLibrary("gone", "1").sha256())
                .startsWith("unreadable: ")
                .contains("gone");
    }
}
