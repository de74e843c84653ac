package dev.assay.device.cuda;

import com.sun.jna.NativeLibrary;
import dev.assay.measurement.Library;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A shared library in this process.
 *
 * @param path of the file that is really mapped, links resolved
 */
record LoadedLibrary(NativeLibrary library, String path) {
    /** For the result: what was mapped, with the hash of its bytes. Reads the whole file: half a gigabyte for cuBLASLt. */
    Library toLibrary(String name, String version) {
        return new Library(name, path, version, sha256(Path.of(path)));
    }

    private static String sha256(Path file) {
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            byte[] buffer = new byte[1 << 20];
            while (in.read(buffer) >= 0) {
                // the stream digests
            }
        } catch (IOException e) {
            return "unreadable: " + e;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
