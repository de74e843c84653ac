package dev.assay.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A sysfs unpacked into a folder from lines {@code path:content}, several of one file in their order, as {@code cd /sys && grep -r . class/infiniband/} prints them,
 * and the ways to spoil it.
 */
final class SysTree {
    private final Path root;

    private SysTree(Path root) {
        this.root = root;
    }

    static SysTree unpack(String name, Path root) {
        try (InputStream in = Objects.requireNonNull(SysTree.class.getResourceAsStream(name + ".txt"), name)) {
            SysTree tree = new SysTree(root);
            Map<String, List<String>> files = new LinkedHashMap<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .forEach(line -> files.computeIfAbsent(
                                    line.substring(0, line.indexOf(':')), file -> new ArrayList<>())
                            .add(line.substring(line.indexOf(':') + 1)));
            files.forEach((file, lines) -> tree.with(file, String.join("\n", lines)));
            return tree;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SysTree with(String file, String content) {
        try {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, content + "\n");
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SysTree without(String file) {
        try {
            Files.delete(root.resolve(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file that is there and cannot be read, for root either. */
    SysTree unreadable(String file) {
        try {
            Files.delete(root.resolve(file));
            Files.createDirectory(root.resolve(file));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SysTree withoutDevice(String name) {
        try {
            Files.move(root.resolve("class/infiniband").resolve(name), root.resolve("pulled-out"));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    SysTree withoutFolder(String name) {
        try {
            Files.move(root.resolve(name), root.resolve("taken-out"));
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path root() {
        return root;
    }
}
