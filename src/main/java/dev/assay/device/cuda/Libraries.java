package dev.assay.device.cuda;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import dev.assay.device.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the vendors' libraries: in configured directories first, then on the loader's path. */
final class Libraries {
    /** RTLD_LAZY without JNA's RTLD_GLOBAL: symbols of one vendor's library must not take the place of another's. */
    private static final Map<String, Integer> OPEN_LOCALLY = Map.of(Library.OPTION_OPEN_FLAGS, 0x1);

    private static final Path MAPS = Path.of("/proc/self/maps");

    private Libraries() {}

    /**
     * @param what the library in words, for the message
     * @param sonames acceptable names, the best first
     * @param directories searched before the loader's path
     */
    static LoadedLibrary find(String what, List<String> sonames, List<String> directories) {
        List<String> refusals = new ArrayList<>();
        for (String candidate : candidates(sonames, directories)) {
            try {
                NativeLibrary library = NativeLibrary.getInstance(candidate, OPEN_LOCALLY);
                return new LoadedLibrary(library, mappedPath(candidate, mappedFiles()));
            } catch (UnsatisfiedLinkError e) {
                refusals.add(candidate + ": " + loadersWords(e));
            }
        }
        throw new DeviceException(
                "loading " + what + ": none of " + String.join(", ", sonames) + " could be loaded from "
                        + (directories.isEmpty() ? "" : String.join(", ", directories) + ", then ")
                        + "the loader's path\n  " + String.join("\n  ", refusals)
                        + "\n  name its directory under \"libraryDirectories\" in the cluster file, or add it to LD_LIBRARY_PATH");
    }

    /** Absolute paths in configured order, then bare names, which the loader searches. */
    static List<String> candidates(List<String> sonames, List<String> directories) {
        Stream<String> configured = directories.stream()
                .flatMap(directory -> sonames.stream()
                        .map(soname -> Path.of(directory)
                                .toAbsolutePath()
                                .resolve(soname)
                                .toString()));
        return Stream.concat(configured, sonames.stream()).toList();
    }

    /** The file behind a name: of all mapped files the one that the name, looked up beside it, leads to. */
    static String mappedPath(String candidate, List<Path> mapped) {
        Path name = Path.of(candidate);
        return realPath(name)
                .filter(mapped::contains)
                .or(() -> mapped.stream()
                        .filter(file -> realPath(file.resolveSibling(name.getFileName()))
                                .equals(Optional.of(file)))
                        .findFirst())
                .map(Path::toString)
                .orElse(candidate);
    }

    /** Distinct files mapped into this process. */
    static List<Path> mappedFiles() {
        try {
            return mappedFiles(Files.readAllLines(MAPS));
        } catch (IOException e) {
            throw new UncheckedIOException("reading " + MAPS, e);
        }
    }

    /** Lines are {@code address perms offset dev inode path}; the path may hold blanks. */
    static List<Path> mappedFiles(List<String> lines) {
        return lines.stream()
                .filter(line -> line.contains(" /"))
                .map(line -> Path.of(line.substring(line.indexOf(" /") + 1)))
                .distinct()
                .toList();
    }

    private static Optional<Path> realPath(Path path) {
        try {
            return Optional.of(path.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** JNA's first line repeats the name; the loader's own words follow. */
    private static String loadersWords(UnsatisfiedLinkError e) {
        List<String> lines = String.valueOf(e.getMessage()).lines().toList();
        return lines.get(Math.min(1, lines.size() - 1));
    }
}
