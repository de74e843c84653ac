package dev.assay.run;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.jna.Native;
import dev.assay.measurement.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The suite itself: its version, its hash, and the jars that a worker needs. */
final class Suite {
    /** One class of each jar that a worker loads; the worker itself lies in the suite's own. */
    private static final List<Class<?>> WORKER_PARTS =
            List.of(Suite.class, ObjectMapper.class, JsonFactory.class, JsonProperty.class, Native.class);

    private Suite() {}

    static String version() {
        return Optional.ofNullable(Suite.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    /** Over our own classes and resources, as they are on the class path, and the benchmarks beside them. */
    static String sha256() {
        Path benchmarks = benchmarks();
        return Files.isDirectory(benchmarks)
                ? Sha256.ofText(hashOf(location(Suite.class)) + hashOf(benchmarks))
                : hashOf(location(Suite.class));
    }

    /** Of a file, or over relative names and contents of a tree in name order. */
    private static String hashOf(Path root) {
        MessageDigest digest = Sha256.start();
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> sorted = files.filter(Files::isRegularFile).sorted().toList();
            for (Path file : sorted) {
                digest.update(root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                Sha256.add(digest, file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("hashing " + root, e);
        }
        return Sha256.hex(digest);
    }

    /** JMH and what runs in it: not on the worker's class path, but beside it, where the worker looks for them. */
    private static Path benchmarks() {
        return location(Suite.class).resolveSibling("jmh");
    }

    /**
     * Copies what a worker needs below the run's home, once a suite version: the nodes share that folder, and a rebuild in
     * the middle of a run pulls no class from under a worker.
     */
    static List<Path> workerClasspath(Path home) {
        List<Path> classpath = new ArrayList<>();
        Path folder = home.resolve("worker").resolve(sha256().substring(0, 16));
        for (Class<?> part : WORKER_PARTS) {
            Path source = location(part);
            Path target = folder.resolve(source.getFileName().toString());
            copy(source, target);
            classpath.add(target);
        }
        if (Files.isDirectory(benchmarks())) {
            copy(benchmarks(), folder.resolve(benchmarks().getFileName().toString()));
        }
        return List.copyOf(classpath);
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("where does " + type + " come from?", e);
        }
    }

    private static void copy(Path source, Path target) {
        if (Files.exists(target)) {
            return;
        }
        Path part = target.resolveSibling(
                target.getFileName() + ".part-" + ProcessHandle.current().pid());
        try (Stream<Path> files = Files.walk(source)) {
            Files.createDirectories(part.getParent());
            for (Path file : files.toList()) {
                Files.copy(file, part.resolve(source.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("copying the worker's " + source + " to " + target, e);
        }
    }
}
