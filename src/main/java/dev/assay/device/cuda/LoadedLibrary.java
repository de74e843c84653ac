package dev.assay.device.cuda;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import dev.assay.device.DeviceException;
import dev.assay.measurement.Library;
import dev.assay.measurement.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * A shared library in this process.
 *
 * @param path of the file that is really mapped, links resolved
 */
record LoadedLibrary(NativeLibrary library, String path) {
    private static final Set<Class<?>> BOUND = new HashSet<>();

    /** For the result: what was mapped, with the hash of its bytes. Reads the whole file: half a gigabyte for cuBLASLt. */
    Library toLibrary(String name, String version) {
        return new Library(name, path, version, sha256(Path.of(path)));
    }

    private static String sha256(Path file) {
        try {
            return Sha256.ofFile(file);
        } catch (IOException e) {
            return "unreadable: " + e;
        }
    }

    /**
     * Registers the natives of a class that mirrors a header, once per JVM: the first library stays.
     *
     * @param name of the library in words, for the message
     * @param needs what has all of the natives, e.g. {@code NCCL 2.13 or newer}
     */
    void bind(Class<?> mirror, String name, String needs) {
        synchronized (BOUND) {
            if (BOUND.contains(mirror)) {
                return;
            }
            try {
                Native.register(mirror, library);
            } catch (UnsatisfiedLinkError e) {
                throw new DeviceException(
                        "binding " + name + " from " + path + ": " + e.getMessage() + "; Assay needs " + needs, e);
            }
            BOUND.add(mirror);
        }
    }
}
