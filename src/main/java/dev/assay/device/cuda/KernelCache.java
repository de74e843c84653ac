package dev.assay.device.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * Compiled kernels of this user on this node, so that only the first rank compiles. A file appears whole, by rename, so ranks
 * may race. Code from a folder that another user could have written is never run. A cache that cannot be used costs a
 * compilation (a second, of the training kernels several), nothing else, so its errors are not reported.
 */
record KernelCache(Path root) {
    private static final Set<PosixFilePermission> MINE_ALONE = PosixFilePermissions.fromString("rwx------");

    static KernelCache ofUser() {
        String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        return new KernelCache(Path.of(System.getProperty("java.io.tmpdir"), "assay-" + user));
    }

    Optional<byte[]> read(String hash) {
        try {
            Path file = file(hash);
            return isMineAlone() && Files.isRegularFile(file)
                    ? Optional.of(Files.readAllBytes(file))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    void write(String hash, byte[] cubin) {
        try {
            Files.createDirectories(folder(), PosixFilePermissions.asFileAttribute(MINE_ALONE));
            if (isMineAlone()) {
                Path part = Files.createTempFile(folder(), hash, ".part");
                Files.write(part, cubin);
                Files.move(part, file(hash), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            // compiled again next time
        }
    }

    private Path folder() {
        return root.resolve("kernels");
    }

    private Path file(String hash) {
        return folder().resolve(hash + ".cubin");
    }

    /** Whether the root is a folder of this user that nobody else may enter, so that all in it is this user's. */
    private boolean isMineAlone() throws IOException {
        Object owner = Files.getAttribute(root, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        Object me = Files.getAttribute(Path.of("/proc/self/stat"), "unix:uid");
        return Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)
                && owner.equals(me)
                && MINE_ALONE.containsAll(Files.getPosixFilePermissions(root, LinkOption.NOFOLLOW_LINKS));
    }
}
